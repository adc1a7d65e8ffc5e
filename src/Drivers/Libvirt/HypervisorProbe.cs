using System.Xml.Linq;
using Orchestrator.Libvirt;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>
/// Finds the hypervisors that really work. A KVM that is offered may still be unable to run a guest (nested virtualisation switched off,
/// wrong permissions), so one is started: a machine with firmware only, which vanishes with its connection.
/// </summary>
internal static class HypervisorProbe
{
    private const string NamePrefix = "orchestrator-probe-";
    private static readonly TimeSpan _watched = TimeSpan.FromMilliseconds(500);

    public static bool IsProbe(string domain) => domain.StartsWith(NamePrefix, StringComparison.Ordinal);

    public static async ValueTask<IReadOnlyList<string>> FindAsync(HostSession session, string hypervisor, XElement capabilities, TimeProvider time, CancellationToken stop)
    {
        var offered = capabilities.Descendants("guest")
            .Where(guest => guest.Element("os_type")?.Value is "hvm")
            .Descendants("domain")
            .Select(domain => domain.Attribute("type")?.Value)
            .ToHashSet(StringComparer.Ordinal);
        return hypervisor.ToUpperInvariant() switch
        {
            "TEST" => ["test"],
            "XEN" => ["xen"],
            _ => offered.Contains("kvm") && await RunsAsync(session, time, stop).ConfigureAwait(false)
                ? ["kvm", "qemu"]
                : offered.Contains("qemu") ? ["qemu"] : [],
        };
    }

    private static async ValueTask<bool> RunsAsync(HostSession session, TimeProvider time, CancellationToken stop)
    {
        var connection = await session.Link.LongAsync(stop).ConfigureAwait(false);
        try
        {
            var probe = await connection.CreateAsync(Definition(), DomainStartFlags.AutoDestroy, stop).ConfigureAwait(false);
            try
            {
                await Task.Delay(_watched, time, stop).ConfigureAwait(false);
                return await connection.GetStateAsync(probe, stop).ConfigureAwait(false) is { } state && (int)state.State == 1;
            }
            finally
            {
                await connection.DestroyAsync(probe, DomainDestroyFlags.None, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (LibvirtOperationException)
        {
            // It would not start, or it ended by itself: then it does not work.
            return false;
        }
    }

    private static string Definition() => new XElement("domain",
        new XAttribute("type", "kvm"),
        new XElement("name", $"{NamePrefix}{Guid.NewGuid():N}"),
        new XElement("memory", new XAttribute("unit", "MiB"), 16),
        new XElement("vcpu", 1),
        new XElement("os", new XElement("type", new XAttribute("arch", "x86_64"), new XAttribute("machine", "q35"), "hvm")),
        new XElement("devices", new XElement("controller", new XAttribute("type", "usb"), new XAttribute("model", "none")), new XElement("memballoon", new XAttribute("model", "none"))))
        .ToString(SaveOptions.DisableFormatting);
}
