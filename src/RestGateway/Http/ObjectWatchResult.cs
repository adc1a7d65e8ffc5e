using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Http;

/// <summary>
/// Streams a watch: one JSON object per line, sent at once. Ends when the client goes, its time is up, or the server stops; a watch that
/// cannot go on says so in a last event of type ERROR.
/// </summary>
internal sealed class ObjectWatchResult(ApiRequest request, WatchWish wish) : IResult
{
    private const int FlushAt = 64 * 1024;
    private static readonly TimeSpan _bookmarkEvery = TimeSpan.FromMinutes(1);

    private readonly ResourceType _type = request.Type;

    private Task<bool> _next = Task.FromResult(false);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var deadline = new CancellationTokenSource(wish.For, request.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, request.Stop, request.Stopping);
        var present = wish.After is null ? await request.Objects.ListAsync(wish.Query, 0, null, ending.Token) : null;
        var after = present?.Revision ?? wish.After!.Value;
        var events = request.Objects.WatchAsync(wish.Query, after, ending.Token).GetAsyncEnumerator(CancellationToken.None);
        var started = false;
        try
        {
            _next = events.MoveNextAsync().AsTask();
            if (_next.IsFaulted)
            {
                await _next; // known at once to be too old: answered with 410 and no stream
            }

            started = true;
            await BeginAsync(httpContext.Response, present, ending.Token);
            await TellAsync(httpContext.Response.BodyWriter, events, after, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The time is up, the client is gone, or the server stops.
        }
        catch (ObjectDisposedException) when (started)
        {
            // The store was closed: the server stops.
        }
        catch (StorageException reason) when (started)
        {
            WriteEvent(httpContext.Response.BodyWriter, "ERROR", ApiResults.Encode(ApiStatus.Expired(reason.Message), GatewayJson.Default.ApiStatus));
            await httpContext.Response.BodyWriter.FlushAsync(request.Stop);
        }
        finally
        {
            // An enumeration must not be disposed of while a step of it is under way.
            await ending.CancelAsync();
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await events.DisposeAsync();
        }
    }

    private async Task BeginAsync(HttpResponse response, ObjectPage? present, CancellationToken stop)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json;stream=watch";
        foreach (var entry in present?.Items ?? [])
        {
            Write(response.BodyWriter, "ADDED", entry);
        }

        if (wish.MarkInitialEnd)
        {
            WriteBookmark(response.BodyWriter, present!.Revision, ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}");
        }

        await response.BodyWriter.FlushAsync(stop);
    }

    private async Task TellAsync(PipeWriter body, IAsyncEnumerator<WatchProgress> events, long reached, CancellationToken stop)
    {
        using var bookmark = new PeriodicTimer(_bookmarkEvery, request.Time);
        var tick = bookmark.WaitForNextTickAsync(stop).AsTask();
        while (true)
        {
            if (wish.Bookmarks && await Task.WhenAny(_next, tick) == tick)
            {
                await tick;
                WriteBookmark(body, reached, "");
                tick = bookmark.WaitForNextTickAsync(stop).AsTask();
            }
            else if (await _next)
            {
                reached = events.Current.Revision;
                if (events.Current.Event is { } happened)
                {
                    Write(body, NameOf(happened.Type), happened.Object);
                }

                _next = events.MoveNextAsync().AsTask();
                if (_next.IsCompletedSuccessfully && body.UnflushedBytes < FlushAt)
                {
                    continue; // more is at hand: send it together
                }
            }
            else
            {
                return;
            }

            await body.FlushAsync(stop);
        }
    }

    private static string NameOf(WatchEventType type) => type switch
    {
        WatchEventType.Added => "ADDED",
        WatchEventType.Modified => "MODIFIED",
        _ => "DELETED",
    };

    private void Write(IBufferWriter<byte> body, string type, Entry entry)
    {
        body.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        StoredObject.Write(body, _type, entry);
        body.Write("}\n"u8);
    }

    private void WriteBookmark(IBufferWriter<byte> body, long revision, string more) => WriteEvent(
        body,
        "BOOKMARK",
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"kind\":\"{_type.Kind}\",\"apiVersion\":\"{_type.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{revision}\"{more}}}}}")));

    private static void WriteEvent(IBufferWriter<byte> body, string type, ReadOnlySpan<byte> json)
    {
        body.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        body.Write(json);
        body.Write("}\n"u8);
    }
}
