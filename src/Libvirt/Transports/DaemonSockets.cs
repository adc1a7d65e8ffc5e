namespace Orchestrator.Libvirt.Transports;

/// <summary>
/// The unix sockets on which a driver's daemon may listen: its own daemon (virtqemud-sock) before the monolithic libvirtd's, as libvirt's
/// own client does. The monolithic socket also serves drivers without a daemon of their own (<c>test</c>).
/// </summary>
internal static class DaemonSockets
{
    private const string SystemDirectory = "/run/libvirt";

    /// <summary>For the machine the daemon runs on, in the order to try. Empty: unknown from here (another user's session).</summary>
    public static IReadOnlyList<string> Of(LibvirtUri uri, bool readOnly)
    {
        if (uri.Socket is { } given)
        {
            return [given];
        }

        if (uri.Path != "/session")
        {
            return In(SystemDirectory, uri, readOnly ? "-sock-ro" : "-sock");
        }

        return uri.Transport is LibvirtTransport.Unix && Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime
            ? In(Path.Combine(runtime, "libvirt"), uri, "-sock")
            : [];
    }

    private static string[] In(string directory, LibvirtUri uri, string suffix)
    {
        var direct = $"{directory}/virt{uri.Driver}d{suffix}";
        var legacy = $"{directory}/libvirt{suffix}";
        return uri.Mode switch
        {
            "direct" => [direct],
            "legacy" => [legacy],
            _ => [direct, legacy],
        };
    }
}
