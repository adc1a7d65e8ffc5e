using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;
using Orchestrator.RestGateway.Seed;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.RestGateway.Tests;

/// <summary>The gateway as it is served: Kestrel on a loopback port, over a SQLite store in a folder of its own.</summary>
public sealed class Gateway : IAsyncDisposable
{
    public const string Root = "/apis/orchestrator.vm/v1";
    public const string Vms = Root + "/namespaces/default/virtualmachines";

    private readonly string _folder;
    private readonly bool _keepFolder;
    private readonly WebApplication _app;
    private readonly Faults _faults;

    private Gateway(string folder, bool keepFolder, WebApplication app, IObjectStore store, Faults faults)
    {
        (_folder, _keepFolder, _app, Store, _faults) = (folder, keepFolder, app, store, faults);
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    public IObjectStore Store { get; }

    public string Folder => _folder;

    public ObjectService Objects => _app.Services.GetRequiredService<ObjectService>();

    public static Task<Gateway> StartAsync(SeedOptions? seed = null, SqliteStoreOptions? options = null) =>
        StartAsync(Directory.CreateTempSubdirectory("gateway-").FullName, keepFolder: false, seed, options);

    /// <param name="keepFolder">Leaves the data for another start.</param>
    public static async Task<Gateway> StartAsync(string folder, bool keepFolder, SeedOptions? seed = null, SqliteStoreOptions? options = null)
    {
        options ??= new SqliteStoreOptions { Path = "" };
        var store = await SqliteObjectStore.OpenAsync(options with { Path = Path.Combine(folder, "store.db") }, TimeProvider.System, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        var faults = new Faults();
        builder.Logging.ClearProviders().AddProvider(faults);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseGatewayLimits();
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton<IObjectStore>(store);
        builder.Services.AddGateway(seed ?? new());
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync();
        return new(folder, keepFolder, app, store, faults);
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await Client.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Headers);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, Json(json));

    public Task<Answer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, Json(json));

    public Task<Answer> PatchAsync(string path, string json) => SendAsync(HttpMethod.Patch, path, Json(json, "application/merge-patch+json"));

    public Task<Answer> DeleteAsync(string path, string? json = null) => SendAsync(HttpMethod.Delete, path, json is null ? null : Json(json));

    public static ByteArrayContent Json(string json, string type = "application/json") =>
        new(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    public static string Vm(string name, string more = "") =>
        $$$"""{"metadata":{"name":"{{{name}}}"{{{more}}}},"spec":{"cpu":1,"memory":"64Mi","disk":"1Gi"}}""";

    /// <summary>Watches as a client would, and gives each line.</summary>
    public async IAsyncEnumerable<JsonElement> WatchAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        using var response = await Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop));
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            yield return JsonElement.Parse(line);
        }
    }

    /// <summary>What the reconciler does: it writes status straight into the store.</summary>
    public async Task WriteStatusAsync<T>(ResourceType<T> type, string? @namespace, string name, Func<T, T> change)
        where T : Resource
    {
        while (true)
        {
            var key = type.Key(@namespace, name);
            var entry = await Store.GetAsync(key, CancellationToken.None) ?? throw new InvalidOperationException($"{key} is not there");
            var changed = change((T)type.Decode(entry.Value.Span, entry.Revision));
            if (await Store.UpdateAsync(key, type.Encode(changed), entry.Revision, CancellationToken.None) is CommitResult.Committed)
            {
                return;
            }
        }
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Store.DisposeAsync();
        _faults.Dispose();
        if (!_keepFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }

        Assert.True(_faults.Seen.IsEmpty, string.Join("\n", _faults.Seen));
    }
}

/// <summary>Collects what is logged as an error: no test is meant to cause one.</summary>
public sealed class Faults : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Seen { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Seen.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>An answer, read to its end.</summary>
public sealed record Answer(HttpStatusCode Code, byte[] Body, HttpResponseHeaders Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Reason => (string)Json["reason"]!;

    public string Version => (string)Json["metadata"]!["resourceVersion"]!;

    public int Id => (int)Json["status"]!["id"]!;

    public Answer Expect(HttpStatusCode code)
    {
        Assert.True(Code == code, $"expected {code}, got {Code}: {Text}");
        return this;
    }

    /// <summary>A failure in Kubernetes form with this code and reason.</summary>
    public Answer ExpectFailure(int code, string reason)
    {
        Expect((HttpStatusCode)code);
        Assert.Equal("Status", (string?)Json["kind"]);
        Assert.Equal("Failure", (string?)Json["status"]);
        Assert.Equal(code, (int)Json["code"]!);
        Assert.Equal(reason, Reason);
        return this;
    }
}
