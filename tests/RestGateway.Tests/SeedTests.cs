using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Model;

namespace Orchestrator.RestGateway.Tests;

/// <summary>Every row of the table in DESIGN 9.2.</summary>
public sealed class SeedTests : IAsyncLifetime
{
    private const string NotCreated = """{"vmid":0}""";
    private const string Failure = """{"status":0}""";
    private const string Success = """{"status":1}""";
    private const string Form = "application/x-www-form-urlencoded";
    private SeedWorld _world = null!;

    public static TheoryData<string> UselessIds => ["", "0", "-1", "+1", "01", " 1", "1.0", "1e0", "2147483648", "99999999999999999999", "9", "a", "%00", "1%0a", "０１"];

    public async Task InitializeAsync() => _world = await SeedWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task The_story_of_a_vm()
    {
        await using var reconciler = new StatusWriter(_world.Gateway);
        Assert.Equal("""{"vmid":1}""", await _world.AskAsync("/vm/create?name=test_vm&instance_type=1"));
        Assert.Equal("""{"vmid":2}""", await _world.AskAsync("/vm/create/?name=web&instance_type=medium&image_id=100"));
        Assert.Equal("""{"vmid":1,"name":"test_vm","instance_type":1,"pmid":1}""", await _world.AskAsync("/vm/query?vmid=1"));
        Assert.Equal("""{"vmid":2,"name":"web","instance_type":2,"pmid":1}""", await _world.AskAsync("/vm/query?vmid=2"));
        Assert.Equal("""{"vmids":[1,2]}""", await _world.AskAsync("/pm/listvms?pmid=1"));
        Assert.Equal("""{"vmids":[]}""", await _world.AskAsync("/pm/listvms?pmid=2"));
        Assert.Equal(
            """{"pmid":1,"capacity":{"cpu":4,"ram":4096,"disk":160},"free":{"cpu":0,"ram":1536,"disk":147},"vms":2}""",
            await _world.AskAsync("/pm/query?pmid=1"));

        Assert.Equal(Success, await _world.AskAsync("/vm/destroy?vmid=1"));
        Assert.Equal(Failure, await _world.AskAsync("/vm/query?vmid=1"));
        Assert.Equal(Failure, await _world.AskAsync("/vm/destroy?vmid=1"));
        Assert.Equal("""{"vmids":[2]}""", await _world.AskAsync("/pm/listvms?pmid=1"));
        Assert.Equal("""{"vmid":3}""", await _world.AskAsync("/vm/create?name=test_vm&instance_type=1"));
        Assert.Equal(Failure, await _world.AskAsync("/vm/query?vmid=1"));
    }

    [Fact]
    public async Task Lists_and_unlooked_machines()
    {
        Assert.Equal(
            """{"types":[{"tid":1,"cpu":1,"ram":512,"disk":1},{"tid":2,"cpu":2,"ram":1024,"disk":10},{"tid":3,"cpu":64,"ram":524288,"disk":10240}]}""",
            await _world.AskAsync("/vm/types"));
        Assert.Equal("""{"pmids":[1,2,3]}""", await _world.AskAsync("/pm/list/"));
        Assert.Equal("""{"images":[{"id":100,"name":"Ubuntu-12.04-amd64"}]}""", await _world.AskAsync("/image/list"));
        Assert.Equal(
            """{"pmid":3,"capacity":{"cpu":0,"ram":0,"disk":0},"free":{"cpu":0,"ram":0,"disk":0},"vms":0}""",
            await _world.AskAsync("/pm/query?pmid=3"));
    }

    [Fact]
    public async Task Arguments_come_by_query_form_or_json()
    {
        await using var reconciler = new StatusWriter(_world.Gateway);
        Assert.Equal("""{"vmid":1}""", await _world.PostAsync("/vm/create", "name=a&instance_type=1", Form));
        Assert.Equal("""{"vmid":2}""", await _world.PostAsync("/vm/create/", """{"name":"b","instance_type":1,"image_id":null}""", "application/json"));
        Assert.Equal("""{"vmid":3}""", await _world.PostAsync("/vm/create?name=c", """{"instance_type":"small"}""", "application/json; charset=utf-8"));
        Assert.Equal("""{"vmid":4}""", await _world.PostAsync("/vm/create?name=d&instance_type=1&image_id=", [], null));
        Assert.Equal(Success, await _world.PostAsync("/vm/destroy", """{"vmid":4}""", "application/json"));
        Assert.Equal("""{"pmids":[1,2,3]}""", await _world.PostAsync("/pm/list", [], null));
    }

    [Theory]
    [InlineData("name=a")]
    [InlineData("instance_type=1")]
    [InlineData("name=a&instance_type=9")]
    [InlineData("name=a&instance_type=none")]
    [InlineData("name=a&instance_type=-1")]
    [InlineData("name=a&instance_type=1.5")]
    [InlineData("name=a&instance_type=99999999999999999999")]
    [InlineData("name=a&instance_type=1&image_id=99")]
    [InlineData("name=a&instance_type=1&image_id=0")]
    [InlineData("name=a&instance_type=1&image_id=-100")]
    [InlineData("name=a&instance_type=1&image_id=ubuntu")]
    [InlineData("name=a&name=b&instance_type=1")]
    [InlineData("name=a%22b&instance_type=1")]
    [InlineData("name=%3Cb%3E&instance_type=1")]
    [InlineData("name=a;rm%20-rf&instance_type=1")]
    [InlineData("name=a%0Ab&instance_type=1")]
    [InlineData("name=a%00b&instance_type=1")]
    [InlineData("name=%ff%fe&instance_type=1")]
    [InlineData("name=..%2f..&instance_type=1")]
    [InlineData("name=a&instance_type=..%2fsmall")]
    public async Task What_can_never_be_made_leaves_no_record(string arguments) => await ExpectNotCreatedAsync(arguments);

    [Fact]
    public async Task A_name_of_ten_thousand_letters_leaves_no_record() => await ExpectNotCreatedAsync($"name={new string('a', 6000)}&instance_type=1");

    [Fact]
    public async Task A_flavor_that_fits_no_pm_leaves_no_record()
    {
        // The third PM was never looked at, so it might have the room: away with it.
        await _world.Gateway.PatchAsync(Gateway.Root + "/physicalmachines/pm-3", """{"spec":{"cordoned":true}}""");
        await ExpectNotCreatedAsync("name=a&instance_type=giant");
    }

    [Fact]
    public async Task A_taken_name_is_refused_and_the_other_vm_stays()
    {
        await using var reconciler = new StatusWriter(_world.Gateway);
        await _world.AskAsync("/vm/create?name=a&instance_type=1");
        Assert.Equal(NotCreated, await _world.AskAsync("/vm/create?name=a&instance_type=1"));
        Assert.Equal("""{"vmid":1,"name":"a","instance_type":1,"pmid":1}""", await _world.AskAsync("/vm/query?vmid=1"));
    }

    [Fact]
    public async Task A_vm_that_turns_out_unplaceable_is_taken_back()
    {
        await using var reconciler = new StatusWriter(_world.Gateway) { Refuse = true };
        Assert.Equal(NotCreated, await _world.AskAsync("/vm/create?name=a&instance_type=1"));
        Assert.Empty((await _world.Gateway.GetAsync(Gateway.Vms)).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_vm_that_fails_is_taken_back()
    {
        await using var reconciler = new StatusWriter(_world.Gateway) { Outcome = VmPhase.Failed };
        Assert.Equal(NotCreated, await _world.AskAsync("/vm/create?name=a&instance_type=1"));
        Assert.Empty((await _world.Gateway.GetAsync(Gateway.Vms)).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task At_the_deadline_a_vm_on_its_way_counts_as_made_and_one_that_is_going_as_destroyed()
    {
        await using var world = await SeedWorld.StartAsync(TimeSpan.FromMilliseconds(200));
        Assert.Equal("""{"vmid":1}""", await world.AskAsync("/vm/create?name=a&instance_type=1"));
        Assert.Equal("""{"vmid":1,"name":"a","instance_type":1,"pmid":0}""", await world.AskAsync("/vm/query?vmid=1"));
        Assert.Equal(Success, await world.AskAsync("/vm/destroy?vmid=1"));
        Assert.Equal("a", (string?)JsonNode.Parse(await world.AskAsync("/vm/query?vmid=1"))!["name"]);
    }

    [Fact]
    public async Task A_client_that_goes_away_undoes_nothing()
    {
        using var impatient = new CancellationTokenSource();
        var asking = _world.Gateway.Client.GetAsync("/vm/create?name=a&instance_type=1", impatient.Token);
        await foreach (var happened in _world.Gateway.Store.WatchAsync(ResourceTypes.VirtualMachines.Prefix, 0, CancellationToken.None))
        {
            Assert.EndsWith("/a", happened.Entry.Key, StringComparison.Ordinal);
            break;
        }

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await using var reconciler = new StatusWriter(_world.Gateway);
        Assert.Equal("""{"vmid":2}""", await _world.AskAsync("/vm/create?name=b&instance_type=1"));
        Assert.Equal("""{"vmid":1,"name":"a","instance_type":1,"pmid":1}""", await _world.AskAsync("/vm/query?vmid=1"));
    }

    [Fact]
    public async Task A_vm_made_by_other_means_has_no_instance_type()
    {
        await _world.Gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        Assert.Equal("""{"vmid":1,"name":"a","instance_type":0,"pmid":0}""", await _world.AskAsync("/vm/query?vmid=1"));
    }

    [Theory]
    [MemberData(nameof(UselessIds))]
    public async Task Useless_ids_are_failures(string id)
    {
        foreach (var call in new[] { "/vm/query?vmid=", "/vm/destroy?vmid=", "/pm/query?pmid=", "/pm/listvms?pmid=" })
        {
            Assert.Equal(Failure, await _world.AskAsync(call + id));
        }
    }

    [Theory]
    [InlineData("{", "application/json")]
    [InlineData("[1]", "application/json")]
    [InlineData("{\"vmid\":[1]}", "application/json")]
    [InlineData("{\"vmid\":1.5}", "application/json")]
    [InlineData("{\"vmid\":-1}", "application/json")]
    [InlineData("{\"vmid\":1,\"vmid\":1}", "application/json")]
    [InlineData("{\"vmid\":\"\\ud800\"}", "application/json")]
    [InlineData("vmid=1", "text/plain")]
    [InlineData("vmid=1&vmid=1", Form)]
    [InlineData("--x\r\nnonsense", "multipart/form-data; boundary=x")]
    public async Task Bodies_that_say_nothing_are_failures(string body, string type)
    {
        await _world.Gateway.PostAsync(Gateway.Vms, Gateway.Vm("a"));
        Assert.Equal(Failure, await _world.PostAsync("/vm/destroy", body, type));
        Assert.Equal(Failure, await _world.PostAsync("/vm/destroy", [.. Encoding.UTF8.GetBytes(body.Replace("&vmid=1", "", StringComparison.Ordinal)), 0xff, 0xfe], type));
        Assert.Equal("a", (string?)JsonNode.Parse(await _world.AskAsync("/vm/query?vmid=1"))!["name"]);
    }

    [Theory]
    [InlineData("/vm")]
    [InlineData("/vm/")]
    [InlineData("/vm/frob")]
    [InlineData("/vm/create/more")]
    [InlineData("/pm/frob?x=1")]
    [InlineData("/image")]
    [InlineData("/volume/create?name=v&size=3")]
    public async Task Anything_else_is_a_failure(string path)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
        {
            Assert.Equal(Failure, (await _world.Gateway.SendAsync(method, path)).Expect(System.Net.HttpStatusCode.OK).Text);
        }
    }

    [Fact]
    public async Task Many_at_once_get_their_own_numbers()
    {
        await using var reconciler = new StatusWriter(_world.Gateway);
        await _world.Gateway.PostAsync(Gateway.Root + "/instancetypes", """{"metadata":{"name":"none"},"spec":{"cpu":1,"memory":"1Mi","disk":"0"}}""");
        await _world.Gateway.PatchAsync(Gateway.Root + "/physicalmachines/pm-1", """{"spec":{"overcommit":{"cpu":100}}}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => _world.AskAsync(string.Create(CultureInfo.InvariantCulture, $"/vm/create?name=n{i}&instance_type=none"))));
        Assert.Equal(Enumerable.Range(1, 64), answers.Select(answer => (int)JsonNode.Parse(answer)!["vmid"]!).Order());
    }

    private async Task ExpectNotCreatedAsync(string arguments)
    {
        var before = _world.Gateway.Store.Revision;
        Assert.Equal(NotCreated, await _world.AskAsync("/vm/create?" + arguments));
        Assert.Equal(NotCreated, await _world.PostAsync("/vm/create", arguments, Form));
        Assert.Equal(before, _world.Gateway.Store.Revision);
    }
}
