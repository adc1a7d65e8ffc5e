using Orchestrator.Libvirt.Transports;

namespace Orchestrator.Libvirt;

/// <summary>
/// The way to one host's libvirt daemon, on which several connections can be opened cheaply. Over ssh it owns the ssh process that forwards
/// the daemon's socket; a further connection then costs milliseconds.
/// </summary>
public sealed class LibvirtHost : IAsyncDisposable
{
    private readonly HostRoutes _routes;
    private readonly Route _route;
    private readonly LibvirtOptions _options;
    private readonly TimeProvider _time;
    private LibvirtConnection? _first;

    private LibvirtHost(LibvirtUri uri, HostRoutes routes, Route route, LibvirtConnection first, LibvirtOptions options, TimeProvider time) =>
        (Uri, _routes, _route, _first, _options, _time) = (uri, routes, route, first, options, time);

    public LibvirtUri Uri { get; }

    /// <summary>The way that was found to work, for people: a socket, an ssh forward, an ssh pipe, a TLS address.</summary>
    public string RouteDescription => _route.Description;

    /// <summary>Reaches the host and makes sure that its daemon answers.</summary>
    /// <exception cref="LibvirtConnectionException">It cannot be reached; the message holds ssh's own words.</exception>
    /// <exception cref="LibvirtOperationException">The daemon refused to open the URI, or to authenticate.</exception>
    public static async Task<LibvirtHost> ConnectAsync(LibvirtUri uri, LibvirtOptions options, TimeProvider time, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxCallsInFlight, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EventBuffer, 1, nameof(options));
        var routes = HostRoutes.Of(uri, options, time);
        try
        {
            var (route, first) = await FirstThatAnswersAsync(uri, routes, options, time, stop).ConfigureAwait(false);
            return new LibvirtHost(uri, routes, route, first, options, time);
        }
        catch
        {
            await routes.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a connection. The caller disposes of it; disposing of the host ends it as well.</summary>
    public async Task<LibvirtConnection> OpenAsync(CancellationToken stop)
    {
        // The connection that proved the route is the first one given out, unless it died meanwhile.
        if (Interlocked.Exchange(ref _first, null) is { } first)
        {
            if (first.Failure is null)
            {
                return first;
            }

            await first.DisposeAsync().ConfigureAwait(false);
        }

        return await OpenAsync(Uri, _route, _options, _time, stop).ConfigureAwait(false);
    }

    /// <summary>Ends the ssh process, and with it every connection over it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _first, null) is { } first)
        {
            await first.DisposeAsync().ConfigureAwait(false);
        }

        await _routes.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<(Route Route, LibvirtConnection First)> FirstThatAnswersAsync(
        LibvirtUri uri, HostRoutes routes, LibvirtOptions options, TimeProvider time, CancellationToken stop)
    {
        var failures = new List<LibvirtConnectionException>();
        foreach (var route in routes.InOrder)
        {
            try
            {
                return (route, await OpenAsync(uri, route, options, time, stop).ConfigureAwait(false));
            }
            catch (LibvirtConnectionException e)
            {
                failures.Add(e);
                if (routes.IsHopeless || e.InnerException is OperationCanceledException)
                {
                    break;
                }
            }
        }

        var reasons = failures.Count == 0 ? "the place of the daemon's socket is unknown" : string.Join("; ", failures.Select(failure => failure.Message));
        throw new LibvirtConnectionException($"{uri}: {reasons}", failures.LastOrDefault());
    }

    private static async Task<LibvirtConnection> OpenAsync(LibvirtUri uri, Route route, LibvirtOptions options, TimeProvider time, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            var transport = await route.ConnectAsync(either.Token).ConfigureAwait(false);
            return await LibvirtConnection.OpenAsync(transport, uri.RemoteUri, options, time, either.Token).ConfigureAwait(false);
        }
        catch (LibvirtConnectionException e)
        {
            throw new LibvirtConnectionException($"{route.Description}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new LibvirtConnectionException($"{route.Description}: no answer within {options.ConnectTimeout.TotalSeconds:0.###} s", e);
        }
    }
}
