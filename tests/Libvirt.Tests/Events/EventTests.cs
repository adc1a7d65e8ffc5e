using Orchestrator.Libvirt.Events;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Events;

public sealed class EventTests
{
    private static readonly DomainRef Domain = new("vm", Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 7);
    private static readonly StoragePoolRef Pool = new("default", Domain.Uuid);
    private static readonly NetworkRef Network = new("default", Domain.Uuid);

    public static TheoryData<int> Procedures { get; } = [.. Table.Select(row => (int)row.Procedure)];

    private static (Procedure Procedure, Action<XdrWriter> Write, LibvirtEvent Event)[] Table =>
    [
        (Procedure.DomainEventCallbackLifecycle, w => w.Domain(Domain).Int32(5).Int32(2), new DomainLifecycleChanged(Domain, DomainLifecycle.Stopped, 2)),
        (Procedure.DomainEventCallbackReboot, w => w.Domain(Domain), new DomainRebooted(Domain)),
        (Procedure.DomainEventCallbackWatchdog, w => w.Domain(Domain).Int32(1), new DomainWatchdogFired(Domain, 1)),
        (Procedure.DomainEventCallbackIoErrorReason, w => w.Domain(Domain).String("/d").String("virtio-disk0").Int32(1).String("enospc"),
            new DomainIoError(Domain, "/d", "virtio-disk0", 1, "enospc")),
        (Procedure.DomainEventCallbackBalloonChange, w => w.Domain(Domain).UInt64(65536), new DomainBalloonChanged(Domain, 65536)),
        (Procedure.DomainEventCallbackDeviceAdded, w => w.Domain(Domain).String("net1"), new DomainDeviceAdded(Domain, "net1")),
        (Procedure.DomainEventCallbackDeviceRemoved, w => w.Domain(Domain).String("net1"), new DomainDeviceRemoved(Domain, "net1")),
        (Procedure.DomainEventCallbackDeviceRemovalFailed, w => w.Domain(Domain).String("net1"), new DomainDeviceRemovalFailed(Domain, "net1")),
        (Procedure.DomainEventBlockJob2, w => w.Domain(Domain).String("vda").Int32(2).Int32(3), new DomainBlockJobChanged(Domain, "vda", 2, 3)),
        (Procedure.DomainEventCallbackAgentLifecycle, w => w.Domain(Domain).Int32(1).Int32(2), new DomainAgentChanged(Domain, 1, 2)),
        (Procedure.DomainEventCallbackMetadataChange, w => w.Domain(Domain).Int32(2).OptionalString("urn:x"),
            new DomainMetadataChanged(Domain, DomainMetadataKind.Element, "urn:x")),
        (Procedure.StoragePoolEventLifecycle, w => w.Pool(Pool).Int32(2).Int32(0), new StoragePoolLifecycleChanged(Pool, 2, 0)),
        (Procedure.StoragePoolEventRefresh, w => w.Pool(Pool), new StoragePoolRefreshed(Pool)),
        (Procedure.NetworkEventLifecycle, w => w.Network(Network).Int32(3).Int32(0), new NetworkLifecycleChanged(Network, 3, 0)),
    ];

    [Theory]
    [MemberData(nameof(Procedures))]
    public void Each_is_told_by_its_procedure(int procedure)
    {
        var row = Table.Single(r => (int)r.Procedure == procedure);
        Assert.Equal(row.Event, EventDecoder.Decode(row.Procedure, Payload(row.Write).Span));
    }

    [Fact]
    public async Task A_reader_who_is_too_slow_is_told_once_that_events_were_lost()
    {
        var buffer = new EventBuffer(capacity: 10);
        for (var i = 0; i < 25; i++)
        {
            buffer.Add(Procedure.DomainEventCallbackLifecycle, Payload(w => w.Domain(Domain).Int32(2).Int32(i)));
        }

        buffer.Complete(reason: null);
        var read = new List<LibvirtEvent>();
        await foreach (var item in buffer.ReadAsync(CancellationToken.None))
        {
            read.Add(item);
        }

        Assert.Equal(11, read.Count);
        Assert.Single(read.OfType<EventsLost>());
        Assert.Equal(Enumerable.Range(0, 10), read.OfType<DomainLifecycleChanged>().Select(e => e.Detail));
    }

    [Fact]
    public async Task Losses_after_the_marker_are_marked_again()
    {
        var buffer = new EventBuffer(capacity: 1);
        var reader = buffer.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 3; i++)
            {
                buffer.Add(Procedure.DomainEventCallbackReboot, Payload(w => w.Domain(Domain)));
            }

            Assert.True(await reader.MoveNextAsync());
            Assert.IsType<EventsLost>(reader.Current);
            Assert.True(await reader.MoveNextAsync());
            Assert.IsType<DomainRebooted>(reader.Current);
        }
    }

    [Fact]
    public async Task An_event_that_cannot_be_understood_is_a_lost_one_and_an_unknown_one_is_ignored()
    {
        var buffer = new EventBuffer(capacity: 10);
        buffer.Add(Procedure.DomainEventCallbackLifecycle, new byte[7]);
        buffer.Add((Procedure)9999, new byte[7]);
        buffer.Complete(new LibvirtConnectionException("dead"));
        var reader = buffer.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.IsType<EventsLost>(reader.Current);
        await Assert.ThrowsAsync<LibvirtConnectionException>(async () => await reader.MoveNextAsync());
    }

    private static ReadOnlyMemory<byte> Payload(Action<XdrWriter> write)
    {
        var writer = new XdrWriter().Int32(1);
        write(writer);
        return writer.Payload.ToArray();
    }
}
