using Orchestrator.Testing;

namespace Orchestrator.Live;

/// <summary>Three hosts that the stories of the server have to themselves: they break them, and begin with empty ones.</summary>
public sealed class LiveBed() : TestbedFixture(hosts: 3, exclusive: true)
{
    /// <summary>Ends every domain, forgets every pool and removes every disk: an <c>sh</c> script for one host.</summary>
    private const string Clean =
        """
        for domain in $(virsh list --uuid); do virsh destroy "$domain"; done
        for domain in $(virsh list --all --uuid); do virsh undefine --managed-save --snapshots-metadata "$domain"; done
        for pool in $(virsh pool-list --name); do virsh pool-destroy "$pool"; done
        for pool in $(virsh pool-list --all --name); do virsh pool-undefine "$pool"; done
        rm -rf /var/lib/libvirt/orchestrator /var/log/libvirt/qemu/*-console.log* /srv/*
        test -z "$(virsh list --all --name)$(virsh pool-list --all --name)"
        """;

    public IReadOnlyList<TestbedHost> Hosts => Bed.Hosts;

    /// <summary>The micro guest's disk on this machine.</summary>
    public Task<string> ImageAsync() => Bed.BuildImageAsync();

    public Task CleanAsync() => Task.WhenAll(Hosts.Select(async host => (await host.ExecAsync(["sh", "-c", Clean])).OutputOrThrow()));
}

[CollectionDefinition(nameof(LiveBed))]
public sealed class LiveBedCollection : ICollectionFixture<LiveBed>;
