using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Reconciler.Specs;
using static Orchestrator.Reconciler.Tests.Specs.SpecsWorld;

namespace Orchestrator.Reconciler.Tests.Specs;

/// <summary>The service as it runs: real time, real file events.</summary>
public sealed class SpecsFolderTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_file_becomes_objects_within_a_second_and_goes_with_them()
    {
        await using var world = await StartAsync(TimeProvider.System);
        await RunAsync(world, async () =>
        {
            world.Write("a.yaml", Type("a", 2)); // the first one also waits for the compiler
            await EventuallyAsync(world, "a:2");
            var watch = Stopwatch.StartNew();
            world.Write("a.yaml", Type("a"));
            await EventuallyAsync(world, "a:1");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"took {watch.Elapsed}");

            world.Write("new/folder/b.yaml", Type("b"));
            await EventuallyAsync(world, "a:1 b:1");
            world.Write("new/folder/b.yaml", Type("b", 2));
            await EventuallyAsync(world, "a:1 b:2");
            Directory.Delete(Path.Combine(world.Folder, "new"), recursive: true);
            await EventuallyAsync(world, "a:1");
        });
    }

    [Fact]
    public async Task An_editor_that_replaces_files_and_a_copy_that_dribbles_lose_nothing()
    {
        await using var world = await StartAsync(TimeProvider.System);
        world.Write("a.yaml", Type("a") + Type("b"));
        await RunAsync(world, async () =>
        {
            await EventuallyAsync(world, "a:1 b:1");
            var uid = await world.UidAsync("b");
            var text = Type("a") + Type("b", 2);
            for (var i = 0; i <= text.Length; i += 7)
            {
                world.Write("a.yaml", text[..i]);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }

            world.Move("a.yaml", "a.yaml~");
            world.Write(".a.yaml.swp", text);
            world.Move(".a.yaml.swp", "a.yaml");
            await EventuallyAsync(world, "a:1 b:2");
            Assert.Equal(uid, await world.UidAsync("b"));
        });
    }

    [Fact]
    public async Task A_folder_that_is_replaced_is_watched_again()
    {
        await using var world = await StartAsync(TimeProvider.System);
        Directory.Delete(world.Folder);
        await RunAsync(world, async () =>
        {
            await UntilAsync(() => Task.FromResult(world.Sync.Status.Problem is not null));
            Directory.CreateDirectory(world.Folder);
            await UntilAsync(() => Task.FromResult(world.Sync.Status.Problem is null));
            world.Write("a.yaml", Type("a"));
            await EventuallyAsync(world, "a:1");
            Directory.Move(world.Folder, world.Folder + ".old");
            Directory.CreateDirectory(world.Folder);
            world.Write("a.yaml", Type("a", 2));
            await EventuallyAsync(world, "a:2");
            world.Write("a.yaml", Type("a", 3));
            await EventuallyAsync(world, "a:3");
        });
    }

    [Fact]
    public async Task Each_mistake_is_logged_once_with_its_place()
    {
        var log = new Lines();
        await using var world = await StartAsync(TimeProvider.System, log);
        world.Write("a.yaml", Type("a").Replace("cpu: 1", "cpu: x", StringComparison.Ordinal));
        await RunAsync(world, async () =>
        {
            await UntilAsync(() => Task.FromResult(!log.Written.IsEmpty));
            world.Write("b.yaml", Type("b"));
            await EventuallyAsync(world, "b:1");
            Assert.Single(log.Written, "Error specs/a.yaml:6:8 spec.cpu: Invalid value: \"x\": must be a whole number");
        });
    }

    private static async Task RunAsync(SpecsWorld world, Func<Task> story)
    {
        using var service = new SpecsFolder(world.Options, world.Sync, TimeProvider.System);
        await service.StartAsync(CancellationToken.None);
        await story();
        await service.StopAsync(CancellationToken.None);
        Assert.True(service.ExecuteTask!.IsCompleted);
    }

    private static Task EventuallyAsync(SpecsWorld world, string expected) => UntilAsync(async () => await world.ShowAsync() == expected);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var watch = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(watch.Elapsed < _deadline, "the deadline passed");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private sealed class Lines : ILogger<SpecsSync>
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
