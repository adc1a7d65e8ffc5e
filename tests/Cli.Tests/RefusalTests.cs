using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Cli.Tests;

public sealed class RefusalTests : IAsyncLifetime
{
    private World _world = null!;

    public async Task InitializeAsync() => _world = await World.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public Task What_is_not_there() => RefusedAsync("error: virtualmachines.orchestrator.vm \"nobody\" not found\n", "vm", "show", "nobody");

    [Fact]
    public async Task A_name_that_is_taken()
    {
        await _world.RunAsync("vm", "create", "web-1", "--type", "small");

        await RefusedAsync("error: virtualmachines.orchestrator.vm \"web-1\" already exists\n", "vm", "create", "web-1", "--type", "small");
    }

    [Fact]
    public Task Fields_are_named_one_a_line() => RefusedAsync(
        """
        error: VirtualMachine "web-1" is invalid
          spec.instanceType: Invalid value: "no type": must be 1 to 63 letters, digits, '-', '_' or '.', starting and ending with a letter or digit
          spec.image: Invalid value: "no/image": must be 1 to 63 letters, digits, '-', '_' or '.', starting and ending with a letter or digit

        """,
        "vm", "create", "web-1", "--type", "no type", "--image", "no/image");

    [Fact]
    public async Task Nobody_answers()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        await RefusedAsync($"error: http://127.0.0.1:{port}/ does not answer: Connection refused\n", "vm", "list", "--server", $"http://127.0.0.1:{port}");
    }

    [Fact]
    public Task Somebody_else_answers() => RefusedAsync(
        $"error: {_world.Server}/healthz answers, but not as an Orchestrator server does (HTTP 404)\n", "vm", "list", "--server", $"{_world.Server}/healthz");

    [Theory]
    [InlineData("vm")]
    [InlineData("vm", "create", "web-1")]
    [InlineData("vm", "show", "../pm1")]
    [InlineData("vm", "show", "a;b")]
    [InlineData("vm", "list", "-n", "a/b")]
    [InlineData("vm", "list", "-o", "yaml")]
    [InlineData("vm", "list", "--server", "ftp://x")]
    [InlineData("vm", "create", "a", "--type", "t", "--timeout", "0")]
    [InlineData("events", "--for", "web-1")]
    [InlineData("events", "--for", "volume/x")]
    [InlineData("frobnicate")]
    public async Task A_wrong_command_line_asks_nothing_of_the_server(params string[] command)
    {
        var run = await _world.RunAsync(command);

        Assert.Equal(Orchctl.Misused, run.Code);
        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [InlineData("orchctl vm list -A", "--help")]
    [InlineData("orchctl vm create web-1 --type small --image debian-12 --wait", "vm", "create", "--help")]
    [InlineData("orchctl events --for vm/web-1", "events", "-h")]
    public async Task Help_ends_with_examples(string example, params string[] command)
    {
        var run = await _world.RunAsync(command);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("Examples:\n", run.Out, StringComparison.Ordinal);
        Assert.Contains($"  {example}\n", run.Out, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string error, params string[] command)
    {
        var run = await _world.RunAsync(command);

        Assert.Equal((Orchctl.Failed, "", error), (run.Code, run.Out, run.Error));
    }
}
