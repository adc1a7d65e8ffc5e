using System.Text;

namespace Orchestrator.Libvirt;

/// <summary>The parameters of a libvirt URI: those for this side, and the rest, which the daemon gets.</summary>
internal sealed class UriQuery
{
    private static readonly HashSet<string> Ours = new(StringComparer.Ordinal)
    {
        "name", "keyfile", "known_hosts", "known_hosts_verify", "no_verify", "no_sanity", "no_tty", "socket", "command", "pkipath", "mode",
        "netcat", "proxy", "sshauth", "auth", "tls_priority",
    };

    /// <summary>What sun_path holds.</summary>
    private const int LongestSocketPath = 107;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The URI to open remotely, when it is given outright.</summary>
    public string? Name => this["name"];

    /// <summary>Parameters not meant for the client, with their question mark; empty when there are none.</summary>
    public string Rest { get; private set; } = "";

    public bool Flag(string name) => this[name] is { } value && value != "0";

    public static UriQuery Parse(string text, string query)
    {
        var result = new UriQuery();
        foreach (var part in query.TrimStart('?').Split(['&', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.Split('=', 2) is [var left, var right] ? (left, Uri.UnescapeDataString(right)) : (part, "");
            if (!Ours.Contains(name))
            {
                result.Rest += $"{(result.Rest.Length == 0 ? '?' : '&')}{part}";
            }
            else if (!result._values.TryAdd(name, value))
            {
                throw new FormatException($"'{text}': parameter '{name}' is given twice");
            }
        }

        result.Check(text);
        return result;
    }

    private void Check(string text)
    {
        if (this["mode"] is not (null or "auto" or "direct" or "legacy"))
        {
            throw new FormatException($"'{text}': mode must be auto, direct or legacy");
        }

        foreach (var name in new[] { "socket", "pkipath" })
        {
            if (this[name] is { } path && !path.StartsWith('/'))
            {
                throw new FormatException($"'{text}': {name} must be an absolute path");
            }
        }

        if (this["socket"] is { } socket && Encoding.UTF8.GetByteCount(socket) > LongestSocketPath)
        {
            throw new FormatException($"'{text}': socket is longer than {LongestSocketPath} bytes");
        }
    }
}
