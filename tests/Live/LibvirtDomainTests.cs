using System.Text;
using Orchestrator.Libvirt;

namespace Orchestrator.Live;

[Collection(nameof(LibvirtHosts))]
public sealed class LibvirtDomainTests(LibvirtHosts hosts)
{
    /// <summary>A deadline for each single call: one that is late does not take the others with it.</summary>
    private static CancellationToken Stop => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("unix")]
    [InlineData("ssh")]
    [InlineData("pipe")]
    [InlineData("tls")]
    public async Task A_domain_lives_its_life_and_every_change_is_told(string transport)
    {
        await using var host = await hosts.ConnectAsync(transport);
        await using var watcher = await host.OpenAsync(Stop);
        await using var connection = await host.OpenAsync(Stop);
        Assert.Equal(LibvirtEventKinds.All, await watcher.SubscribeAsync(LibvirtEventKinds.All, Stop));
        var uuid = Guid.NewGuid();

        Assert.Null(await connection.FindDomainAsync(uuid, Stop));
        var domain = await connection.DefineAsync(Xml(uuid, "life"), DomainDefineFlags.Validate, Stop);
        Assert.Equal((uuid, $"life-{uuid:N}", -1), (domain.Uuid, domain.Name, domain.Id));
        Assert.Equal(domain, await connection.FindDomainAsync(uuid, Stop));
        Assert.Equal(domain, await connection.FindDomainAsync(domain.Name, Stop));
        var running = await connection.StartAsync(domain, DomainStartFlags.None, Stop);
        Assert.True(running.Id > 0);
        Assert.Equal(DomainState.Running, (await connection.GetStateAsync(domain, Stop))!.State);
        await connection.SuspendAsync(domain, Stop);
        Assert.Equal(DomainState.Paused, (await connection.GetStateAsync(domain, Stop))!.State);
        await connection.ResumeAsync(domain, Stop);
        await connection.DestroyAsync(domain, DomainDestroyFlags.None, Stop);
        Assert.Equal(DomainState.ShutOff, (await connection.GetStateAsync(domain, Stop))!.State);
        await connection.UndefineAsync(domain, DomainUndefineFlags.None, Stop);
        Assert.Null(await connection.GetStateAsync(domain, Stop));
        Assert.Null(await connection.GetXmlAsync(domain, DomainXmlFlags.None, Stop));

        var changes = new List<DomainLifecycle>();
        await foreach (var e in watcher.ReadEventsAsync(Stop))
        {
            if (e is DomainLifecycleChanged change && change.Domain.Uuid == uuid)
            {
                changes.Add(change.Change);
                if (change.Change == DomainLifecycle.Undefined)
                {
                    break;
                }
            }
        }

        Assert.Equal(
            [
                DomainLifecycle.Defined, DomainLifecycle.Resumed, DomainLifecycle.Started, DomainLifecycle.Suspended, DomainLifecycle.Resumed,
                DomainLifecycle.Shutdown, DomainLifecycle.Stopped, DomainLifecycle.Undefined,
            ],
            changes);
    }

    [Fact]
    public async Task Refusals_carry_the_code_and_leave_the_connection_working()
    {
        await using var host = await hosts.ConnectAsync("unix");
        await using var connection = await host.OpenAsync(Stop);
        var uuid = Guid.NewGuid();
        var domain = await connection.DefineAsync(Xml(uuid, "refuse"), DomainDefineFlags.None, Stop);
        await RefusedAsync(LibvirtErrorCode.OperationInvalid, connection.DestroyAsync(domain, DomainDestroyFlags.None, Stop));
        await RefusedAsync(LibvirtErrorCode.OperationInvalid, connection.ShutdownAsync(domain, DomainShutdownFlags.None, Stop));
        await RefusedAsync(LibvirtErrorCode.InvalidArgument, connection.DestroyAsync(domain, (DomainDestroyFlags)0x4000_0000, Stop));
        await RefusedAsync(LibvirtErrorCode.XmlError, connection.DefineAsync("<network/>", DomainDefineFlags.None, Stop));
        await RefusedAsync(LibvirtErrorCode.XmlDetail, connection.DefineAsync("<domain", DomainDefineFlags.None, Stop));
        await RefusedAsync(LibvirtErrorCode.Rpc, connection.DefineAsync(new string('x', 4_300_000), DomainDefineFlags.None, Stop));
        await connection.UndefineAsync(domain, DomainUndefineFlags.None, Stop);
        await RefusedAsync(LibvirtErrorCode.NoDomain, connection.StartAsync(domain, DomainStartFlags.None, Stop));
        Assert.Null(connection.Failure);

        static async Task RefusedAsync(LibvirtErrorCode code, Task call) =>
            Assert.Equal(code, (await Assert.ThrowsAsync<LibvirtOperationException>(() => call)).Code);
    }

    [Fact]
    public async Task Size_devices_metadata_and_autostart_can_be_changed()
    {
        await using var host = await hosts.ConnectAsync("ssh");
        await using var connection = await host.OpenAsync(Stop);
        var uuid = Guid.NewGuid();
        var domain = await connection.DefineAsync(Xml(uuid, "change"), DomainDefineFlags.None, Stop);

        await connection.SetVcpusAsync(domain, 4, VcpuFlags.Maximum, DomainAffect.Config, Stop);
        await connection.SetVcpusAsync(domain, 3, VcpuFlags.None, DomainAffect.Config, Stop);
        await connection.SetMemoryAsync(domain, 128 * 1024, MemoryFlags.Maximum, DomainAffect.Config, Stop);
        await connection.SetMemoryAsync(domain, 96 * 1024, MemoryFlags.None, DomainAffect.Config, Stop);
        await connection.AttachDeviceAsync(domain, "<serial type='null'/>", DomainAffect.Config, Stop);
        Assert.Null(await connection.GetMetadataAsync(domain, DomainMetadataKind.Element, "urn:test", DomainAffect.Config, Stop));
        await connection.SetMetadataAsync(domain, DomainMetadataKind.Element, "<mark uid='ü&amp;'/>", "t", "urn:test", DomainAffect.Config, Stop);
        await connection.SetMetadataAsync(domain, DomainMetadataKind.Title, "a title", key: null, uri: null, DomainAffect.Config, Stop);
        await connection.SetAutostartAsync(domain, on: true, Stop);

        var xml = await connection.GetXmlAsync(domain, DomainXmlFlags.Inactive, Stop);
        Assert.Contains("<vcpu placement='static' current='3'>4</vcpu>", xml, StringComparison.Ordinal);
        Assert.Contains("<memory unit='KiB'>131072</memory>", xml, StringComparison.Ordinal);
        Assert.Contains("<currentMemory unit='KiB'>98304</currentMemory>", xml, StringComparison.Ordinal);
        Assert.Contains("<serial type='null'>", xml, StringComparison.Ordinal);
        var mark = await connection.GetMetadataAsync(domain, DomainMetadataKind.Element, "urn:test", DomainAffect.Config, Stop);
        Assert.Equal("ü&", System.Xml.Linq.XElement.Parse(mark!).Attribute("uid")!.Value);
        Assert.Equal("a title", await connection.GetMetadataAsync(domain, DomainMetadataKind.Title, uri: null, DomainAffect.Config, Stop));
        Assert.True(await connection.GetAutostartAsync(domain, Stop));
        Assert.True(await connection.IsPersistentAsync(domain, Stop));
        Assert.False(await connection.HasManagedSaveAsync(domain, Stop));
        await connection.SetMetadataAsync(domain, DomainMetadataKind.Element, value: null, key: null, "urn:test", DomainAffect.Config, Stop);
        Assert.Null(await connection.GetMetadataAsync(domain, DomainMetadataKind.Element, "urn:test", DomainAffect.Config, Stop));
        await connection.UndefineAsync(domain, DomainUndefineFlags.ManagedSave | DomainUndefineFlags.Nvram, Stop);
    }

    [Fact]
    public async Task A_running_domain_takes_a_disk_grows_it_and_gives_it_back()
    {
        await using var host = await hosts.ConnectAsync("tls");
        await using var watcher = await host.OpenAsync(Stop);
        await using var connection = await host.OpenAsync(Stop);
        await watcher.SubscribeAsync(LibvirtEventKinds.DomainDeviceAdded | LibvirtEventKinds.DomainDeviceRemoved, Stop);
        await hosts.Host.ExecAsync(["truncate", "-s", "1M", "/var/lib/libvirt/images/hotplug.raw"]);
        var domain = await connection.CreateAsync(Xml(Guid.NewGuid(), "hotplug"), DomainStartFlags.Paused | DomainStartFlags.AutoDestroy, Stop);
        const string Disk = """
            <disk type='file' device='disk'><driver name='qemu' type='raw'/>
            <source file='/var/lib/libvirt/images/hotplug.raw'/><target dev='sdb' bus='usb'/></disk>
            """;
        await connection.AttachDeviceAsync(domain, Disk, DomainAffect.Live, Stop);
        Assert.Equal(1UL << 20, (await connection.GetBlockInfoAsync(domain, "sdb", Stop)).Capacity);
        await connection.ResizeBlockAsync(domain, "sdb", 2UL << 20, Stop);
        Assert.Equal(2UL << 20, (await connection.GetBlockInfoAsync(domain, "sdb", Stop)).Capacity);
        await connection.DetachDeviceAsync(domain, Disk, DomainAffect.Live, Stop);
        Assert.Equal(DomainJobType.None, (await connection.GetJobAsync(domain, Stop)).Type);

        var seen = new List<string>();
        await foreach (var e in watcher.ReadEventsAsync(Stop))
        {
            seen.Add(e switch
            {
                DomainDeviceAdded added => $"+{added.Device}",
                DomainDeviceRemoved removed => $"-{removed.Device}",
                _ => e.ToString(),
            });
            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["+usb-disk1", "-usb-disk1"], seen);
        await connection.DestroyAsync(domain, DomainDestroyFlags.None, Stop);
    }

    [Fact]
    public async Task A_console_opened_before_the_start_misses_nothing()
    {
        await using var host = await hosts.ConnectAsync("ssh");
        await using var connection = await host.OpenAsync(Stop);
        await using var other = await host.OpenAsync(Stop); // a console that nobody reads holds up its own connection
        var domain = await connection.CreateAsync(Xml(Guid.NewGuid(), "console"), DomainStartFlags.Paused, Stop);
        await using (var console = await connection.OpenConsoleAsync(domain, device: null, ConsoleFlags.None, Stop))
        {
            await connection.ResumeAsync(domain, Stop);
            var text = new StringBuilder();
            var buffer = new byte[1000];
            while (!text.ToString().Contains("SeaBIOS", StringComparison.Ordinal))
            {
                var count = await console.ReadAsync(buffer, Stop);
                Assert.NotEqual(0, count);
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }

            await other.DestroyAsync(domain, DomainDestroyFlags.None, Stop);
            while (await console.ReadAsync(buffer, Stop) > 0)
            {
                // up to the end, which comes with the domain's
            }
        }

        Assert.Null(await connection.FindDomainAsync(domain.Uuid, Stop));
    }

    [Fact]
    public async Task One_call_has_the_state_of_a_thousand_domains()
    {
        await using var host = await hosts.ConnectAsync("unix", "test");
        await using var connection = await host.OpenAsync(Stop);
        var domains = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            var uuid = Guid.NewGuid();
            var xml = $"<domain type='test'><name>many-{uuid:N}</name><uuid>{uuid}</uuid><memory>1024</memory><os><type>hvm</type></os></domain>";
            var domain = await connection.DefineAsync(xml, DomainDefineFlags.None, Stop);
            return i % 2 == 0 ? await connection.StartAsync(domain, DomainStartFlags.None, Stop) : domain;
        }));

        var statistics = (await connection.GetStatisticsAsync(DomainStatisticsGroups.State, DomainStatisticsFlags.NoWait, Stop))
            .ToDictionary(s => s.Domain.Uuid);
        var listed = (await connection.ListDomainsAsync(DomainListFlags.All, Stop)).Select(domain => domain.Uuid).ToHashSet();
        for (var i = 0; i < domains.Length; i++)
        {
            Assert.Equal(i % 2 == 0 ? DomainState.Running : DomainState.ShutOff, statistics[domains[i].Uuid].State);
            Assert.Contains(domains[i].Uuid, listed);
        }

        var some = await connection.GetStatisticsAsync(domains[..3], DomainStatisticsGroups.State, DomainStatisticsFlags.None, Stop);
        Assert.Equal(domains[..3].Select(d => d.Uuid).ToHashSet(), some.Select(s => s.Domain.Uuid).ToHashSet());
    }

    private static string Xml(Guid uuid, string name) => $"""
        <domain type='qemu'>
          <name>{name}-{uuid:N}</name>
          <uuid>{uuid}</uuid>
          <memory unit='KiB'>65536</memory>
          <vcpu>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type><bios useserial='yes'/></os>
          <devices><serial type='pty'><target port='0'/></serial></devices>
        </domain>
        """;
}
