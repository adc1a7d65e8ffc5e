using System.Globalization;
using System.Net;
using System.Text.Json;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.RestGateway.Tests;

public sealed class WatchTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task List_then_watch_sees_every_write_once_in_order()
    {
        const int Writers = 4, Each = 50;
        using var patience = new CancellationTokenSource(_patience);
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("vm-0")); // a version of 0 would mean: first all that is there
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{Gateway.Vms}/vm-{w}");
            await _gateway.PostAsync(Gateway.Vms, Gateway.Vm(string.Create(CultureInfo.InvariantCulture, $"vm-{w}")));
            for (var i = 1; i <= Each; i++)
            {
                (await _gateway.PatchAsync(path, string.Create(CultureInfo.InvariantCulture, $$$$"""{"metadata":{"labels":{"n":"{{{{i}}}}"}}}"""))).Expect(HttpStatusCode.OK);
            }
        })));

        // Several watchers begin at different times in the middle of it.
        var watching = Enumerable.Range(0, 5).Select(_ => FollowAsync()).ToList();
        await writing;
        await Task.WhenAll(watching);

        async Task FollowAsync()
        {
            var list = (await _gateway.GetAsync(Gateway.Vms)).Json;
            var counts = list["items"]!.AsArray().ToDictionary(
                item => (string)item!["metadata"]!["name"]!,
                item => int.Parse((string?)item!["metadata"]!["labels"]?["n"] ?? "0", CultureInfo.InvariantCulture),
                StringComparer.Ordinal);
            var revision = long.Parse((string)list["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);
            await foreach (var line in _gateway.WatchAsync(string.Create(CultureInfo.InvariantCulture, $"{Gateway.Vms}?watch=1&resourceVersion={revision}"), patience.Token))
            {
                var (type, name, now) = Read(line);
                Assert.True(now > revision, $"{now} came after {revision}");
                revision = now;
                if (type == "ADDED")
                {
                    Assert.True(counts.TryAdd(name, 0), $"{name} was added twice");
                }
                else
                {
                    var count = int.Parse(line.GetProperty("object").GetProperty("metadata").GetProperty("labels").GetProperty("n").GetString()!, CultureInfo.InvariantCulture);
                    Assert.Equal(counts[name] + 1, count);
                    counts[name] = count;
                }

                if (counts.Count == Writers && counts.Values.All(count => count == Each))
                {
                    return;
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("&resourceVersion=0")]
    [InlineData("&resourceVersion=")]
    public async Task Without_a_version_a_watch_begins_with_what_is_there(string version)
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("b"));
        Assert.Equal(["ADDED a", "ADDED b"], await TakeAsync("?watch=true" + version, 2));
    }

    [Fact]
    public async Task A_watch_goes_on_from_where_the_last_one_ended()
    {
        var a = await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("b"));
        await _gateway.DeleteAsync(Gateway.Vms + "/a");
        await _gateway.PatchAsync(Gateway.Vms + "/a", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(["ADDED b", "MODIFIED a", "DELETED a"], await TakeAsync($"?watch=1&resourceVersion={a.Version}", 3));
    }

    [Fact]
    public async Task Objects_enter_and_leave_a_selection()
    {
        var a = await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a", ""","labels":{"tier":"web"}"""));
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("b"));
        await _gateway.PatchAsync(Gateway.Vms + "/b", """{"metadata":{"labels":{"tier":"web"}}}""");
        await _gateway.PatchAsync(Gateway.Vms + "/a", """{"metadata":{"labels":{"tier":"db"}}}""");
        await _gateway.PatchAsync(Gateway.Vms + "/b", """{"metadata":{"labels":{"x":"y"}}}""");
        Assert.Equal(["ADDED b", "DELETED a", "MODIFIED b"], await TakeAsync($"?watch=1&labelSelector=tier%3Dweb&resourceVersion={a.Version}", 3));
    }

    [Fact]
    public async Task One_object_can_be_watched_by_its_url_and_by_field()
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a-b"));
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        await _gateway.PatchAsync(Gateway.Vms + "/a-b", """{"spec":{"cpu":2}}""");
        await _gateway.PatchAsync(Gateway.Vms + "/a", """{"spec":{"cpu":2}}""");
        Assert.Equal(["ADDED a", "MODIFIED a"], await TakeAsync("/a?watch=1&resourceVersion=1", 2));
        Assert.Equal(["ADDED a", "MODIFIED a"], await TakeAsync("?watch=1&resourceVersion=1&fieldSelector=metadata.name%3Da", 2));
    }

    [Fact]
    public async Task Its_time_over_a_watch_ends_cleanly()
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        using var patience = new CancellationTokenSource(_patience);
        var lines = new List<string>();
        await foreach (var line in _gateway.WatchAsync(Gateway.Vms + "?watch=1&timeoutSeconds=1", patience.Token))
        {
            lines.Add(line.GetProperty("type").GetString()!);
        }

        Assert.Equal(["ADDED"], lines);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_watches()
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        using var patience = new CancellationTokenSource(_patience);
        var stopping = Task.CompletedTask;
        await foreach (var line in _gateway.WatchAsync(Gateway.Vms + "?watch=1", patience.Token))
        {
            stopping = _gateway.StopAsync();
        }

        await stopping.WaitAsync(patience.Token);
    }

    [Fact]
    public async Task What_is_forgotten_is_410()
    {
        var a = await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("b"));
        var page = (await _gateway.GetAsync(Gateway.Vms + "?limit=1")).Json;
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("c"));
        await _gateway.Store.CompactAsync(_gateway.Store.Revision, CancellationToken.None);
        (await _gateway.GetAsync($"{Gateway.Vms}?watch=1&resourceVersion={a.Version}")).ExpectFailure(410, "Expired");
        (await _gateway.GetAsync($"{Gateway.Vms}?limit=1&continue={Uri.EscapeDataString((string)page["metadata"]!["continue"]!)}")).ExpectFailure(410, "Expired");
    }

    [Fact]
    public async Task A_watch_list_marks_the_end_of_what_was_there()
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        var lines = await TakeAsync("?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", 2);
        Assert.Equal(["ADDED a", "BOOKMARK "], lines);
        (await _gateway.GetAsync(Gateway.Vms + "?watch=1&sendInitialEvents=true")).ExpectFailure(400, "BadRequest");
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_is_let_go_and_harms_nobody()
    {
        await using var gateway = await Gateway.StartAsync(options: new SqliteStoreOptions { Path = "", WatchBuffer = 10 });
        using var patience = new CancellationTokenSource(_patience);
        using var response = await gateway.Client.GetAsync(Gateway.Vms + "?watch=1", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        var large = new string('x', 100_000);
        for (var i = 0; i < 300; i++)
        {
            (await gateway.PostAsync(Gateway.Vms, Gateway.Vm(string.Create(CultureInfo.InvariantCulture, $"vm-{i}"), $$""","annotations":{"a":"{{large}}"}"""))).Expect(HttpStatusCode.Created);
        }

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        var last = "";
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            last = line;
        }

        var end = JsonElement.Parse(last);
        Assert.Equal("ERROR", end.GetProperty("type").GetString());
        Assert.Equal(410, end.GetProperty("object").GetProperty("code").GetInt32());
    }

    private async Task<List<string>> TakeAsync(string query, int count)
    {
        using var patience = new CancellationTokenSource(_patience);
        var lines = new List<string>();
        await foreach (var line in _gateway.WatchAsync(Gateway.Vms + query, patience.Token))
        {
            var (type, name, _) = Read(line);
            lines.Add($"{type} {name}");
            if (lines.Count == count)
            {
                break;
            }
        }

        return lines;
    }

    private static (string Type, string Name, long Revision) Read(JsonElement line)
    {
        var metadata = line.GetProperty("object").GetProperty("metadata");
        return (
            line.GetProperty("type").GetString()!,
            metadata.TryGetProperty("name", out var name) ? name.GetString()! : "",
            long.Parse(metadata.GetProperty("resourceVersion").GetString()!, CultureInfo.InvariantCulture));
    }
}
