namespace Orchestrator.Testing;

/// <summary>
/// A bed for a collection of tests. A test project names its own:
/// <c>public sealed class ThreeHosts() : TestbedFixture(3);</c> and
/// <c>[CollectionDefinition(nameof(ThreeHosts))] public sealed class ThreeHostsCollection : ICollectionFixture&lt;ThreeHosts&gt;;</c>
/// </summary>
public abstract class TestbedFixture(int hosts, bool exclusive = false) : IAsyncLifetime
{
    private Testbed? _bed;

    public Testbed Bed => _bed ?? throw new InvalidOperationException("The test bed is not up yet.");

    public async Task InitializeAsync() => _bed = await Testbed.UpAsync(hosts, exclusive).ConfigureAwait(false);

    public async Task DisposeAsync()
    {
        if (_bed is not null)
        {
            await _bed.DisposeAsync().ConfigureAwait(false);
        }
    }
}
