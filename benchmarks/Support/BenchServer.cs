using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Orchestrator.Serving;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Benchmarks.Support;

/// <summary>A server in this process, as <c>orchestrator serve</c> puts it together, with a database of its own; spoken to over HTTP.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    public const string Api = "/apis/orchestrator.vm/v1";
    private readonly DirectoryInfo _data;
    private readonly TextWriter _log;
    private readonly IObjectStore _store;
    private readonly WebApplication _app;

    private BenchServer(DirectoryInfo data, TextWriter log, IObjectStore store, WebApplication app, HttpClient client, VmWatch watch) =>
        (_data, _log, _store, _app, Client, Watch) = (data, log, store, app, client, watch);

    public HttpClient Client { get; }

    public VmWatch Watch { get; }

    public IServiceProvider Services => _app.Services;

    public string ClusterId => _store.ClusterId;

    public static async Task<BenchServer> StartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        var data = Directory.CreateTempSubdirectory("orchestrator-bench-");
        var options = new ServerOptions { Data = data.FullName, Listen = "http://127.0.0.1:0" };
        options = change?.Invoke(options) ?? options;
        Directory.CreateDirectory(options.SpecsFolder);
        var store = await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(options.Data, "orchestrator.db") }, TimeProvider.System, CancellationToken.None);

        // The log costs what it costs in operation, but does not drown the figures.
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(data.FullName, "log")) { AutoFlush = true });
        var terminal = Console.Out;
        Console.SetOut(log);
        var app = Server.Build(options, store, TimeProvider.System);
        await app.StartAsync();
        Console.SetOut(terminal);
        var client = new HttpClient { BaseAddress = new(app.Urls.First()) };
        return new(data, log, store, app, client, await VmWatch.StartAsync(client));
    }

    public async Task PostAsync(string kind, string? ns, JsonObject body)
    {
        using var answer = await Client.PostAsJsonAsync($"{Api}/{(ns is null ? "" : $"namespaces/{ns}/")}{kind}", body);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"POST {kind}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Adds a PM with room for everything, and waits until it is ready.</summary>
    public async Task AddHostAsync(string name, string uri, string storagePath = "/var/lib/libvirt/orchestrator-bench")
    {
        await PostAsync("physicalmachines", null, Objects.Host(name, uri, storagePath));
        await UntilAsync($"physicalmachines/{name}", status => status?["phase"]?.GetValue<string>() == "Ready");
    }

    public Task CreateVmAsync(string name, string type, string? image = null, string? host = null) =>
        PostAsync("virtualmachines", "default", Objects.Vm(name, type, image, host));

    public async Task DeleteVmAsync(string name)
    {
        using var answer = await Client.DeleteAsync(new Uri($"{Api}/namespaces/default/virtualmachines/{name}", UriKind.Relative));
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Accepted))
        {
            throw new InvalidOperationException($"DELETE {name}: {answer.StatusCode}");
        }
    }

    public async Task UntilAsync(string path, Func<JsonNode?, bool> so)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        JsonNode? last = null;
        try
        {
            while (!so((last = await Client.GetFromJsonAsync<JsonNode>($"{Api}/{path}", deadline.Token))?["status"]))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"{path}: {last?.ToJsonString(JsonSerializerOptions.Default)}", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync();
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await ((IAsyncDisposable)_store).DisposeAsync();
        await _log.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
