using System.CommandLine;
using System.Globalization;

namespace Orchestrator.Cli.Commands;

/// <summary><c>--wait</c> and <c>--timeout</c>.</summary>
internal sealed class WaitOptions(string description)
{
    public Option<bool> Wait { get; } = new("--wait") { Description = description };

    public Option<int> Timeout { get; } = Seconds();

    /// <summary>How long to wait; null when not to wait.</summary>
    public TimeSpan? Deadline(ParseResult parsed) => parsed.GetValue(Wait) ? TimeSpan.FromSeconds(parsed.GetValue(Timeout)) : null;

    private static Option<int> Seconds()
    {
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait at most.", HelpName = "SECONDS", DefaultValueFactory = _ => 300 };
        seconds.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 86_400))
            {
                result.AddError($"--timeout must be 1 to 86400 seconds, not '{text}'");
            }
        });
        return seconds;
    }
}
