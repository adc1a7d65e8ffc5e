using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Libvirt.Transports;

/// <summary>The OpenSSH client's command line for a URI. The user's own ssh configuration, agent and jump hosts stay in force.</summary>
internal sealed class SshCommand(LibvirtUri uri, LibvirtOptions options)
{
    /// <summary>For messages: <c>user@host:port</c>.</summary>
    public string Destination { get; } = $"{(uri.User is null ? "" : uri.User + "@")}{uri.Host}{(uri.Port is null ? "" : ":" + uri.Port)}";

    /// <param name="forwards">Local socket to remote socket.</param>
    public ProcessStartInfo Start(IEnumerable<KeyValuePair<string, string>> forwards, params IEnumerable<string> remoteCommand)
    {
        var start = new ProcessStartInfo(uri.Command ?? "ssh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var arguments = start.ArgumentList;
        arguments.Add("-T");
        foreach (var option in Options())
        {
            arguments.Add("-o");
            arguments.Add(option);
        }

        foreach (var (local, remote) in forwards)
        {
            arguments.Add("-L");
            arguments.Add($"{local}:{remote}");
        }

        Add(arguments, "-i", uri.KeyFile);
        Add(arguments, "-l", uri.User);
        Add(arguments, "-p", uri.Port?.ToString(CultureInfo.InvariantCulture));
        arguments.Add("--");
        arguments.Add(uri.Host!);
        foreach (var word in remoteCommand)
        {
            arguments.Add(word);
        }

        return start;
    }

    /// <summary>One word for the remote user's shell, whatever is in it.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>The first value given for an option is the one that counts.</summary>
    private IEnumerable<string> Options()
    {
        foreach (var option in options.SshOptions)
        {
            yield return option;
        }

        yield return "BatchMode=yes";
        yield return "EscapeChar=none";
        yield return "ForwardX11=no";
        yield return "ForwardAgent=no";
        yield return "ExitOnForwardFailure=yes";
        yield return "StreamLocalBindMask=0177";

        // A shared master would outlive us, or end when somebody else ends it.
        yield return "ControlMaster=no";
        yield return "ControlPath=none";

        // Less than our own deadline, so that it is ssh that says what is wrong.
        yield return $"ConnectTimeout={Seconds(options.ConnectTimeout * 2 / 3)}";
        if (options.KeepAliveInterval > TimeSpan.Zero)
        {
            yield return $"ServerAliveInterval={Seconds(options.KeepAliveInterval)}";
            yield return $"ServerAliveCountMax={Math.Max(1, options.KeepAliveCount)}";
        }

        if (uri.KnownHosts is { } file)
        {
            yield return $"UserKnownHostsFile=\"{file}\"";
        }

        if (uri.NoVerify)
        {
            yield return "StrictHostKeyChecking=no";
        }
    }

    private static string Seconds(TimeSpan time) => Math.Max(1, (int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static void Add(ICollection<string> arguments, string name, string? value)
    {
        if (value is not null)
        {
            arguments.Add(name);
            arguments.Add(value);
        }
    }
}
