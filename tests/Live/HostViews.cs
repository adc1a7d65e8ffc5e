using System.Globalization;
using Orchestrator.Testing;

namespace Orchestrator.Live;

/// <summary>How a host is, seen without our server: by <c>virsh</c> and by looking at its files.</summary>
internal static class HostViews
{
    public const string Storage = "/var/lib/libvirt/orchestrator";

    public static async Task<string> VirshAsync(this TestbedHost host, params string[] arguments) =>
        (await host.ExecAsync(["virsh", .. arguments])).OutputOrThrow().Trim();

    /// <summary>The names of running domains, in order.</summary>
    public static async Task<string[]> RunningAsync(this TestbedHost host) => Lines(await host.VirshAsync("list", "--name"));

    /// <summary>The names of all domains, in order.</summary>
    public static async Task<string[]> DomainsAsync(this TestbedHost host) => Lines(await host.VirshAsync("list", "--all", "--name"));

    /// <summary>running, paused, shut off…; "absent" when there is no such domain.</summary>
    public static async Task<string> StateAsync(this TestbedHost host, string domain)
    {
        var state = await host.ExecAsync(["virsh", "domstate", domain]);
        return state.ExitCode == 0 ? state.Output.Trim() : "absent";
    }

    /// <summary>The definition for the next start; empty when there is no such domain.</summary>
    public static async Task<string> DefinitionAsync(this TestbedHost host, string domain) =>
        (await host.ExecAsync(["virsh", "dumpxml", "--inactive", domain])).Output;

    /// <summary>The QEMU process as the host numbers it; null when there is none.</summary>
    public static async Task<int?> ProcessAsync(this TestbedHost host, string domain) =>
        int.TryParse((await host.ExecAsync(["cat", $"/run/libvirt/qemu/{domain}.pid"])).Output, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    /// <summary>What the storage folder holds, in order.</summary>
    public static string[] StoredFiles(this TestbedHost host, string prefix = "") =>
        Directory.Exists(host.PathOf(Storage))
            ? [.. Directory.EnumerateFiles(host.PathOf(Storage)).Select(path => Path.GetFileName(path)!).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>What the guest has printed on its serial console, over all its starts.</summary>
    public static string ConsoleOf(this TestbedHost host, string domain)
    {
        var path = host.PathOf($"/var/log/libvirt/qemu/{domain}-console.log");
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    public static Task PrintsAsync(this TestbedHost host, string domain, string text, int times = 1, TimeSpan? within = null) => Eventually.SeesAsync(
        $"{domain} on {host.Name} prints {text} ({times}x)",
        () => Task.FromResult(host.ConsoleOf(domain)),
        console => console.Split(text).Length > times,
        within ?? TimeSpan.FromMinutes(3));

    private static string[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)];
}
