using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Orchestrator.Model;

namespace Orchestrator.ThreeFiles;

/// <summary>
/// The hosts, one per line: <c>[user@]host[:port]</c>, reached by ssh as root unless a user is named, or a libvirt URI.
/// <c>localhost</c> (or <c>127.0.0.1</c>, <c>[::1]</c>) without user and port is this machine, reached without ssh.
/// </summary>
internal static partial class PmFile
{
    private const string LocalUri = "qemu:///system";
    private const int SshPort = 22;

    public static PhysicalMachine Local { get; } = Machine("localhost", LocalUri);

    public static IReadOnlyList<PhysicalMachine> Parse(string text, Problems problems)
    {
        var names = new ObjectNames("pm");
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var machines = new List<PhysicalMachine>();
        foreach (var (number, line) in InputFile.Lines(text))
        {
            var (host, uri, error) = line.Contains("://", StringComparison.Ordinal) ? FromUri(line) : FromAddress(line);
            if (error is not null)
            {
                problems.Add(number, $"{InputFile.Show(line)} {error}");
            }
            else if (!lines.TryAdd(Identity(uri), number))
            {
                problems.Add(number, $"{InputFile.Show(line)} is the same host as line {lines[Identity(uri)]}");
            }
            else
            {
                machines.Add(Machine(names.Make(host), uri));
            }
        }

        if (machines.Count == 0 && problems.Found.Count == 0)
        {
            problems.Add(0, "names no host");
        }

        return machines;
    }

    private static (string Host, string Uri, string? Error) FromUri(string line)
    {
        var error = ResourceTypes.PhysicalMachines.Validate(Machine("pm", line)).FirstOrDefault();
        if (error is not null || !Uri.TryCreate(line, UriKind.Absolute, out var uri))
        {
            return ("", "", "is not a libvirt URI such as qemu+ssh://root@host/system");
        }

        return (uri.Host.Length > 0 ? uri.Host : uri.Scheme.StartsWith("test", StringComparison.Ordinal) ? "test" : "localhost", line, null);
    }

    private static (string Host, string Uri, string? Error) FromAddress(string line)
    {
        if (Address().Match(line) is not { Success: true } match)
        {
            return ("", "", line.Count(c => c == ':') > 1 && !line.Contains('[', StringComparison.Ordinal)
                ? "looks like an IPv6 address; write it in brackets: [fd00::1]"
                : "is neither [user@]host[:port] nor a libvirt URI");
        }

        var (user, host, port) = (match.Groups["user"].Value, match.Groups["host"].Value, match.Groups["port"].Value);
        if (HostError(host) is { } wrong)
        {
            return ("", "", wrong);
        }

        if (port.Length > 0 && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535))
        {
            return ("", "", "has a port that is not between 1 and 65535");
        }

        if (user.Length == 0 && port.Length == 0 && (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]"))
        {
            return ("localhost", LocalUri, null);
        }

        return (host.Trim('[', ']'), $"qemu+ssh://{(user.Length == 0 ? "root" : user)}@{host}{(port.Length == 0 ? "" : ":" + port)}/system", null);
    }

    private static string? HostError(string host)
    {
        if (host.StartsWith('['))
        {
            return IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? null
                : "has brackets around what is not an IPv6 address";
        }

        if (host.Length > 253 || host.Split('.').Any(label => label.Length is 0 or > 63))
        {
            return "has a host name that is too long or has an empty part";
        }

        return NumbersAndDots().IsMatch(host) && !(host.Count(c => c == '.') == 3 && IPAddress.TryParse(host, out _)) ? "is not an IPv4 address" : null;
    }

    /// <summary>Equal for lines that lead to the same daemon.</summary>
    private static string Identity(string uri) => uri.Replace($":{SshPort}/", "/", StringComparison.Ordinal);

    private static PhysicalMachine Machine(string name, string uri) => new() { Metadata = new() { Name = name }, Spec = new() { Uri = uri } };

    [GeneratedRegex(@"\A((?<user>[A-Za-z_][A-Za-z0-9_.-]*)@)?(?<host>[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:(?<port>[0-9]+))?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"\A[0-9.]+\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumbersAndDots();
}
