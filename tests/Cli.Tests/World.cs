using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.RestGateway;
using Orchestrator.RestGateway.Objects;
using Orchestrator.RestGateway.Seed;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Cli.Tests;

/// <summary>What one run of <c>orchctl</c> gave: the exit code, and what it wrote without blanks at line ends.</summary>
public sealed record Run(int Code, string Out, string Error);

/// <summary>The gateway as it is served, over a SQLite store; <c>orchctl</c> against it. All clocks stand still at a known time.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orchctl-").FullName;
    private WebApplication? _app;
    private SqliteObjectStore? _store;

    public StoppedClock Time { get; } = new();

    public string Server => _app!.Urls.Single();

    public ObjectService Objects => _app!.Services.GetRequiredService<ObjectService>();

    public static async Task<World> StartAsync()
    {
        var world = new World();
        await world.ServeAsync();
        return world;
    }

    public async Task ServeAsync(int port = 0)
    {
        _store = await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(_folder, "store.db") }, Time, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddSingleton<TimeProvider>(Time).AddSingleton<IObjectStore>(_store);
        builder.Services.AddGateway(new SeedOptions { Enabled = false });
        _app = builder.Build();
        _app.MapGateway();
        await _app.StartAsync();
    }

    /// <summary>The server goes; its data stay.</summary>
    public async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await _store!.DisposeAsync();
    }

    public Task<Run> RunAsync(params string[] arguments) => RunAsync(new StringWriter(), arguments);

    /// <param name="error">Gets what the command tells beside its output while it runs.</param>
    public async Task<Run> RunAsync(TextWriter error, params string[] arguments)
    {
        var output = new StringWriter();
        var code = await Orchctl.RunAsync(arguments, new(output, error, name => name == "ORCHCTL_SERVER" ? Server : null, Time));
        return new(code, Trimmed(output.ToString()), Trimmed(error.ToString()!));
    }

    /// <summary>Creates as a user does, and gives it the status that the reconciler would.</summary>
    public async Task AddAsync<T>(ResourceType<T> type, T wanted, Func<T, T> report)
        where T : Resource
    {
        var outcome = await Objects.CreateAsync(type, wanted, CancellationToken.None);
        Assert.True(outcome.Succeeded, outcome.Message);
        await ReportAsync(type, wanted.Metadata.Namespace, wanted.Metadata.Name, report);
    }

    public async Task ReportAsync<T>(ResourceType<T> type, string? @namespace, string name, Func<T, T> report)
        where T : Resource
    {
        var key = type.Key(@namespace, name);
        var entry = (await _store!.GetAsync(key, CancellationToken.None))!;
        var changed = report((T)type.Decode(entry.Value.Span, entry.Revision));
        Assert.IsType<CommitResult.Committed>(await _store.UpdateAsync(key, type.Encode(changed), entry.Revision, CancellationToken.None));
    }

    /// <summary>What only the reconciler writes.</summary>
    public async Task WriteAsync<T>(ResourceType<T> type, T value)
        where T : Resource =>
        Assert.IsType<CommitResult.Committed>(await _store!.CommitAsync(new(Operation.Create(type.Key(value.Metadata), type.Encode(value))), CancellationToken.None));

    /// <summary>What the reconciler does when all is cleaned up.</summary>
    public async Task RemoveAsync<T>(ResourceType<T> type, string? @namespace, string name)
        where T : Resource
    {
        var key = type.Key(@namespace, name);
        var entry = (await _store!.GetAsync(key, CancellationToken.None))!;
        Assert.IsType<CommitResult.Committed>(await _store.CommitAsync(new(Operation.Delete(key, entry.Revision)), CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));
}

/// <summary>Says the time that it is told; timers run as usual, or end when they are told.</summary>
public sealed class StoppedClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan Due, ITimer Timer)> _timers = [];

    public DateTimeOffset Now { get; set; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_gate)
        {
            _timers.Add((dueTime, timer));
        }

        return timer;
    }

    /// <summary>Ends the timers that were set to this time.</summary>
    public void Expire(TimeSpan due)
    {
        lock (_gate)
        {
            _timers.FindAll(one => one.Due == due).ForEach(one => one.Timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        }
    }
}
