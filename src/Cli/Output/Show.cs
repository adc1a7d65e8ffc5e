using System.Globalization;
using Orchestrator.Model;

namespace Orchestrator.Cli.Output;

/// <summary>How values are written.</summary>
internal static class Show
{
    public const string None = "-";

    /// <summary>Time that has passed, in its largest unit: <c>5s</c>, <c>3m</c>, <c>2h</c>, <c>4d</c>.</summary>
    public static string Age(DateTimeOffset? since, DateTimeOffset now)
    {
        if (since is not { } then)
        {
            return None;
        }

        var passed = now < then ? TimeSpan.Zero : now - then;
        var (amount, unit) = passed switch
        {
            { TotalMinutes: < 2 } => (passed.TotalSeconds, "s"),
            { TotalHours: < 2 } => (passed.TotalMinutes, "m"),
            { TotalDays: < 2 } => (passed.TotalHours, "h"),
            _ => (passed.TotalDays, "d"),
        };
        return Number((long)amount) + unit;
    }

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Bytes(long? bytes) => bytes is { } known ? Quantity.FromBytes(known).ToString() : None;

    public static string Or(string? text) => string.IsNullOrEmpty(text) ? None : text;

    /// <summary>One line without control characters: what a server says must not steer a terminal.</summary>
    public static string Plain(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
