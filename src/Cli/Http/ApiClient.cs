using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Orchestrator.Model;

namespace Orchestrator.Cli.Http;

/// <summary>Speaks HTTP with the server. All its methods throw <see cref="ApiException"/> when the server refuses or does not answer.</summary>
internal sealed class ApiClient(Uri server, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private readonly string _root = server.ToString().TrimEnd('/');
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = !server.IsLoopback })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<JsonElement> GetAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Get, path, null, stop);

    public Task<JsonElement> PostAsync(string path, byte[] body, CancellationToken stop) => SendAsync(HttpMethod.Post, path, body, stop);

    public Task<JsonElement> DeleteAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Delete, path, null, stop);

    /// <summary>The objects of a list, read.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(ResourceType<T> type, string? @namespace, CancellationToken stop)
        where T : Resource
    {
        var list = await GetAsync(ApiPath.Of(type, @namespace), stop);
        return [.. Items(list).Select(item => Read(type, item))];
    }

    public static IEnumerable<JsonElement> Items(JsonElement list) =>
        list.TryGetProperty("items", out var items) ? items.EnumerateArray() : [];

    /// <summary>The object in an answer.</summary>
    public static T Read<T>(ResourceType<T> type, JsonElement json)
        where T : Resource
    {
        try
        {
            return (T)type.Parse(JsonSerializer.SerializeToUtf8Bytes(json));
        }
        catch (JsonException wrong)
        {
            throw new ApiException($"the server's {type.Kind} cannot be read: {wrong.Message}; is this orchctl as new as the server?");
        }
    }

    /// <summary>Each line of a watch, until the server ends it or the connection breaks.</summary>
    public async IAsyncEnumerable<JsonElement> WatchAsync(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using var request = Request(HttpMethod.Get, path, null);
        using var response = await TryAsync(() => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop), stop);
        if (!response.IsSuccessStatusCode)
        {
            throw StatusReader.Read(server, response.StatusCode, await BodyAsync(response, stop));
        }

        using var lines = new StreamReader(await TryAsync(() => response.Content.ReadAsStreamAsync(stop), stop));
        while (await TryAsync(() => lines.ReadLineAsync(stop).AsTask(), stop) is { } line)
        {
            yield return JsonElement.Parse(line);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        using var request = Request(method, path, body);
        using var response = await TryAsync(() => _http.SendAsync(request, either.Token), stop);
        var answer = await BodyAsync(response, either.Token);
        return response.IsSuccessStatusCode && answer is { ValueKind: JsonValueKind.Object } json ? json : throw StatusReader.Read(server, response.StatusCode, answer);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, byte[]? body) => new(method, _root + path)
    {
        Content = body is null ? null : new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    };

    /// <summary>Null when it is no JSON.</summary>
    private static async Task<JsonElement?> BodyAsync(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(stop));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> call, CancellationToken stop)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new ApiException($"{server} does not answer: {failure.InnerException?.Message ?? failure.Message}", noAnswer: true);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new ApiException($"{server} did not answer within {_patience.TotalSeconds:0} s", noAnswer: true);
        }
    }
}
