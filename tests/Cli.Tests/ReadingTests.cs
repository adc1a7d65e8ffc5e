using System.Text.Json;

namespace Orchestrator.Cli.Tests;

public sealed class ReadingTests : IAsyncLifetime
{
    private World _world = null!;

    public async Task InitializeAsync() => _world = await Fixtures.FleetAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public Task Vms_are_listed() => WritesAsync(
        """
        TODO
        """,
        "vm", "list");

    [Fact]
    public Task Vms_of_all_namespaces_are_listed() => WritesAsync(
        """
        TODO
        """,
        "vm", "list", "-A");

    [Fact]
    public Task Vms_of_a_namespace_are_named() => WritesAsync("virtualmachine.orchestrator.vm/shop", "vm", "list", "-n", "lab", "-o", "name");

    [Fact]
    public Task A_vm_is_shown_with_its_conditions() => WritesAsync(
        """
        TODO
        """,
        "vm", "show", "web-1");

    [Fact]
    public Task Pms_are_listed_with_what_is_free() => WritesAsync(
        """
        TODO
        """,
        "pm", "list");

    [Fact]
    public Task A_pm_is_shown_with_what_else_runs_there() => WritesAsync(
        """
        TODO
        """,
        "pm", "show", "pm1");

    [Fact]
    public Task Images_are_listed() => WritesAsync(
        """
        TODO
        """,
        "image", "list");

    [Fact]
    public Task Types_are_listed() => WritesAsync(
        """
        TODO
        """,
        "type", "list");

    [Fact]
    public Task Events_are_listed_oldest_first() => WritesAsync(
        """
        TODO
        """,
        "events");

    [Theory]
    [InlineData("vm/web-1", "event/web-1.a")]
    [InlineData("VirtualMachine/web-1", "event/web-1.a")]
    [InlineData("pm/pm2", "event/pm2.b")]
    public Task Events_about_one_object(string target, string expected) => WritesAsync(expected, "events", "--for", target, "-n", "default", "-o", "name");

    [Theory]
    [InlineData("vm", "list")]
    [InlineData("pm", "list")]
    [InlineData("image", "list")]
    [InlineData("type", "list")]
    [InlineData("events")]
    [InlineData("vm", "show", "web-1")]
    [InlineData("pm", "show", "pm1")]
    public async Task Json_is_the_servers_own(params string[] command)
    {
        var run = await _world.RunAsync([.. command, "-o", "json"]);

        Assert.Equal(0, run.Code);
        var json = JsonElement.Parse(run.Out);
        var items = json.TryGetProperty("items", out var list) ? list.EnumerateArray().ToList() : [json];
        Assert.NotEmpty(items);
        Assert.All(items, item => Assert.NotEqual("", item.GetProperty("metadata").GetProperty("uid").GetString()));
    }

    [Fact]
    public async Task An_empty_list_says_so_beside_the_output()
    {
        var run = await _world.RunAsync("vm", "list", "-n", "empty");

        Assert.Equal((0, "", "no virtualmachines in namespace empty\n"), (run.Code, run.Out, run.Error));
    }

    private async Task WritesAsync(string expected, params string[] command)
    {
        var run = await _world.RunAsync(command);
        var uid = run.Out.Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))?[4..].Trim();

        Assert.Equal("", run.Error);
        Assert.Equal(expected + "\n", uid is null ? run.Out : run.Out.Replace(uid, "UID", StringComparison.Ordinal));
        Assert.Equal(0, run.Code);
    }
}
