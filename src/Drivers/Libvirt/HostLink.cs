using Orchestrator.Libvirt;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>The connections of one session with a PM: one for events and short calls, a few for calls that take long.</summary>
internal sealed class HostLink(LibvirtHost host, LibvirtConnection control) : IAsyncDisposable
{
    private const int LongConnections = 2;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly LibvirtConnection?[] _long = new LibvirtConnection?[LongConnections];
    private int _turn;

    public LibvirtConnection Control => control;

    /// <summary>A connection for a call that takes long (start, destroy, create a volume), so that it does not hold up the short ones.</summary>
    public async ValueTask<LibvirtConnection> LongAsync(CancellationToken stop)
    {
        var place = (int)((uint)Interlocked.Increment(ref _turn) % LongConnections);
        if (_long[place] is { } open && Works(open))
        {
            return open;
        }

        await _opening.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (_long[place] is not { } known || !Works(known))
            {
                if (_long[place] is { } stuck)
                {
                    await stuck.DisposeAsync().ConfigureAwait(false);
                }

                _long[place] = await host.OpenAsync(stop).ConfigureAwait(false);
            }

            return _long[place]!;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>False when it is dead, or when calls that were given up still occupy all its slots.</summary>
    public static bool Works(LibvirtConnection connection) =>
        connection.Failure is null && connection.AbandonedCalls < LibvirtOptions.Default.MaxCallsInFlight;

    /// <summary>A connection of one's own, for a stream; the caller disposes of it.</summary>
    public Task<LibvirtConnection> OwnAsync(CancellationToken stop) => host.OpenAsync(stop);

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _long)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }

        await control.DisposeAsync().ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
        _opening.Dispose();
    }
}
