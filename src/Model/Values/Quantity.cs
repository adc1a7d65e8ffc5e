using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;
using Orchestrator.Model.Json;

namespace Orchestrator.Model;

/// <summary>
/// An amount of bytes as Kubernetes writes it: <c>512Mi</c>, <c>10Gi</c>, <c>1.5G</c>, <c>1048576</c>, <c>2e9</c>.
/// Two quantities are equal when their bytes are; the text a user wrote is kept for showing.
/// </summary>
[JsonConverter(typeof(QuantityConverter))]
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private const long KiB = 1L << 10;

    private static readonly (string Suffix, long Factor)[] _suffixes =
    [
        ("Ki", KiB), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("P", 1_000_000_000_000_000), ("E", 1_000_000_000_000_000_000),
    ];

    private readonly string? _text;

    private Quantity(long bytes, string? text)
    {
        Bytes = bytes;
        _text = text;
    }

    public long Bytes { get; }

    /// <summary>Whole mebibytes, rounded up: what a domain is given.</summary>
    public long MiB => RoundUp(Bytes, 1L << 20);

    /// <summary>Whole gibibytes, rounded up.</summary>
    public long GiB => RoundUp(Bytes, 1L << 30);

    public static Quantity FromBytes(long bytes) => new(bytes, null);

    public static Quantity FromMiB(long mebibytes) => new(checked(mebibytes * (1L << 20)), null);

    public static Quantity FromGiB(long gibibytes) => new(checked(gibibytes * (1L << 30)), null);

    /// <summary>Reads a quantity; <paramref name="error"/> says in one phrase what is wrong with it.</summary>
    public static bool TryParse(string? text, out Quantity quantity, out string error)
    {
        quantity = default;
        error = "must be a quantity such as 512Mi or 10Gi";
        if (string.IsNullOrEmpty(text) || text.Length > 64)
        {
            return false;
        }

        var (suffix, factor) = _suffixes.FirstOrDefault(candidate => text.EndsWith(candidate.Suffix, StringComparison.Ordinal), ("", 1));
        var number = text.AsSpan(0, text.Length - suffix.Length);
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(number, Style, CultureInfo.InvariantCulture, out var value) || (suffix.Length > 0 && number.ContainsAny("eE")))
        {
            return false;
        }

        if (value < 0)
        {
            error = "must not be negative";
            return false;
        }

        if (value > (decimal)long.MaxValue / factor)
        {
            error = "is larger than 2^63 - 1 bytes";
            return false;
        }

        var bytes = value * factor;
        if (bytes != decimal.Truncate(bytes))
        {
            error = "must be a whole number of bytes";
            return false;
        }

        quantity = new((long)bytes, text);
        return true;
    }

    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity, out var error) ? quantity : throw new FormatException($"'{text}' {error}");

    public bool Equals(Quantity other) => Bytes == other.Bytes;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => Bytes.GetHashCode();

    public int CompareTo(Quantity other) => Bytes.CompareTo(other.Bytes);

    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    public static bool operator <(Quantity left, Quantity right) => left.Bytes < right.Bytes;

    public static bool operator >(Quantity left, Quantity right) => left.Bytes > right.Bytes;

    public static bool operator <=(Quantity left, Quantity right) => left.Bytes <= right.Bytes;

    public static bool operator >=(Quantity left, Quantity right) => left.Bytes >= right.Bytes;

    /// <summary>The user's own text, or the largest binary unit that divides the bytes.</summary>
    public override string ToString() => _text ?? Canonical(Bytes);

    private static string Canonical(long bytes)
    {
        if (bytes == 0)
        {
            return "0";
        }

        var power = Math.Min(BitOperations.TrailingZeroCount(bytes) / 10, 6);
        return power == 0
            ? bytes.ToString(CultureInfo.InvariantCulture)
            : (bytes >> (10 * power)).ToString(CultureInfo.InvariantCulture) + _suffixes[power - 1].Suffix;
    }

    private static long RoundUp(long bytes, long unit) => (bytes / unit) + (bytes % unit == 0 ? 0 : 1);
}
