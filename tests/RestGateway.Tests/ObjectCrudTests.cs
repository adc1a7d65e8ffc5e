using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Model;

namespace Orchestrator.RestGateway.Tests;

public sealed class ObjectCrudTests : IAsyncLifetime
{
    private const string Web = Gateway.Vms + "/web-1";
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task What_is_created_can_be_read_listed_changed_and_deleted()
    {
        var created = (await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"))).Expect(HttpStatusCode.Created);
        Assert.Equal("VirtualMachine", (string?)created.Json["kind"]);
        Assert.Equal("orchestrator.vm/v1", (string?)created.Json["apiVersion"]);
        Assert.Equal("default", (string?)created.Json["metadata"]!["namespace"]);
        Assert.Equal(1, (int)created.Json["metadata"]!["generation"]!);
        Assert.Equal(1, created.Id);

        var read = (await _gateway.GetAsync(Web)).Expect(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(created.Json, read.Json), $"{created.Text}\n{read.Text}");

        var put = (await _gateway.PutAsync(Web, Gateway.Vm("web-1").Replace("64Mi", "128Mi", StringComparison.Ordinal))).Expect(HttpStatusCode.OK);
        Assert.Equal(2, (int)put.Json["metadata"]!["generation"]!);
        Assert.False(read.Version == put.Version);

        var patched = (await _gateway.PatchAsync(Web, """{"metadata":{"labels":{"tier":"web"}}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, (int)patched.Json["metadata"]!["generation"]!);

        var list = (await _gateway.GetAsync(Gateway.Vms)).Expect(HttpStatusCode.OK);
        Assert.Equal("VirtualMachineList", (string?)list.Json["kind"]);
        Assert.True(JsonNode.DeepEquals(patched.Json, list.Json["items"]!.AsArray().Single()));
        Assert.Single((await _gateway.GetAsync(Gateway.Root + "/virtualmachines")).Json["items"]!.AsArray());
        Assert.Empty((await _gateway.GetAsync(Gateway.Root + "/namespaces/other/virtualmachines")).Json["items"]!.AsArray());

        var deleting = (await _gateway.DeleteAsync(Web, """{"gracePeriodSeconds":5}""")).Expect(HttpStatusCode.OK);
        Assert.NotNull(deleting.Json["metadata"]!["deletionTimestamp"]);
        Assert.Equal(5, (int)deleting.Json["metadata"]!["deletionGracePeriodSeconds"]!);

        var removed = (await _gateway.PatchAsync(Web, """{"metadata":{"finalizers":[]}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("Success", (string?)removed.Json["status"]);
        Assert.Equal((string?)created.Json["metadata"]!["uid"], (string?)removed.Json["details"]!["uid"]);
        (await _gateway.GetAsync(Web)).ExpectFailure(404, "NotFound");
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        (await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"))).Expect(HttpStatusCode.Created);
        var again = (await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"))).ExpectFailure(409, "AlreadyExists");
        Assert.Equal("virtualmachines.orchestrator.vm \"web-1\" already exists", (string?)again.Json["message"]);
    }

    [Fact]
    public async Task Generated_names_differ_and_begin_as_wished()
    {
        var wish = """{"metadata":{"generateName":"web-"},"spec":{"cpu":1,"memory":"64Mi","disk":"1Gi"}}""";
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 20; i++)
        {
            names.Add((string)(await _gateway.PostAsync(Gateway.Vms, wish)).Expect(HttpStatusCode.Created).Json["metadata"]!["name"]!);
        }

        Assert.Equal(20, names.Count);
        Assert.All(names, name => Assert.StartsWith("web-", name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Writing_the_same_again_changes_nothing()
    {
        var created = await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"));
        var revision = _gateway.Store.Revision;
        Assert.Equal(created.Version, (await _gateway.PutAsync(Web, Gateway.Vm("web-1"))).Expect(HttpStatusCode.OK).Version);
        Assert.Equal(created.Version, (await _gateway.PutAsync(Web, created.Text)).Expect(HttpStatusCode.OK).Version);
        Assert.Equal(created.Version, (await _gateway.PatchAsync(Web, """{"spec":{"cpu":1}}""")).Expect(HttpStatusCode.OK).Version);
        Assert.Equal(revision, _gateway.Store.Revision);
    }

    [Fact]
    public async Task Status_is_never_written_through_the_object()
    {
        const string Forged = ""","status":{"id":99,"phase":"Running","host":"pm-1"}""";
        var body = Gateway.Vm("web-1");
        var forged = body[..^1] + Forged + "}";
        Assert.Equal(1, (await _gateway.PostAsync(Gateway.Vms, forged)).Expect(HttpStatusCode.Created).Id);
        await _gateway.WriteStatusAsync(ResourceTypes.VirtualMachines, "default", "web-1", vm => vm with { Status = vm.Status with { Phase = VmPhase.Stopped, Host = "pm-7" } });
        foreach (var answer in new[]
        {
            await _gateway.PutAsync(Web, forged.Replace("64Mi", "65Mi", StringComparison.Ordinal)),
            await _gateway.PatchAsync(Web, """{"status":{"id":5,"phase":"Running","host":"pm-1"}}"""),
            await _gateway.GetAsync(Web),
        })
        {
            var status = answer.Expect(HttpStatusCode.OK).Json["status"]!;
            Assert.Equal((1, "Stopped", "pm-7"), ((int)status["id"]!, (string?)status["phase"], (string?)status["host"]));
        }
    }

    [Fact]
    public async Task An_outdated_resource_version_is_a_conflict_for_every_verb()
    {
        var old = await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"));
        (await _gateway.PatchAsync(Web, """{"metadata":{"labels":{"a":"b"}}}""")).Expect(HttpStatusCode.OK);
        (await _gateway.PutAsync(Web, old.Text)).ExpectFailure(409, "Conflict");
        (await _gateway.PatchAsync(Web, $$$"""{"metadata":{"resourceVersion":"{{{old.Version}}}","labels":null}}""")).ExpectFailure(409, "Conflict");
        (await _gateway.DeleteAsync(Web, $$$"""{"preconditions":{"resourceVersion":"{{{old.Version}}}"}}""")).ExpectFailure(409, "Conflict");
        (await _gateway.DeleteAsync(Web, $$$"""{"preconditions":{"uid":"{{{Guid.NewGuid()}}}"}}""")).ExpectFailure(409, "Conflict");
        Assert.Null((await _gateway.GetAsync(Web)).Json["metadata"]!["deletionTimestamp"]);
    }

    [Fact]
    public async Task What_cleans_up_after_a_vm_cannot_be_dropped_while_it_is_wanted()
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"));
        var patched = (await _gateway.PatchAsync(Web, """{"metadata":{"finalizers":null,"labels":{"a":"b"}}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(VirtualMachine.Finalizer, (string?)patched.Json["metadata"]!["finalizers"]!.AsArray().Single());
    }

    [Fact]
    public async Task An_object_that_nothing_holds_goes_at_once()
    {
        const string Types = Gateway.Root + "/instancetypes";
        (await _gateway.PostAsync(Types, """{"metadata":{"name":"small"},"spec":{"cpu":1,"memory":"64Mi","disk":"1Gi"}}""")).Expect(HttpStatusCode.Created);
        var gone = (await _gateway.DeleteAsync(Types + "/small")).Expect(HttpStatusCode.OK);
        Assert.Equal("Success", (string?)gone.Json["status"]);
        (await _gateway.DeleteAsync(Types + "/small")).ExpectFailure(404, "NotFound");
    }

    [Fact]
    public async Task Other_urls_and_verbs_are_told_apart()
    {
        (await _gateway.GetAsync(Gateway.Root + "/frobs")).ExpectFailure(404, "NotFound");
        (await _gateway.GetAsync("/apis/other.group/v1/virtualmachines")).ExpectFailure(404, "NotFound");
        (await _gateway.PostAsync(Gateway.Root + "/virtualmachines", Gateway.Vm("web-1"))).ExpectFailure(405, "MethodNotAllowed");
        (await _gateway.PutAsync(Gateway.Vms, Gateway.Vm("web-1"))).ExpectFailure(405, "MethodNotAllowed");
        (await _gateway.PostAsync("/api/v1/namespaces/default/events", "{}")).ExpectFailure(405, "MethodNotAllowed");
        (await _gateway.GetAsync("/api/v1/namespaces/default/events")).Expect(HttpStatusCode.OK);
        (await _gateway.PutAsync(Web, Gateway.Vm("web-1"))).ExpectFailure(404, "NotFound");
    }

    [Theory]
    [InlineData("/version", "gitVersion")]
    [InlineData("/version/", "gitVersion")]
    [InlineData("/api", "versions")]
    [InlineData("/apis", "groups")]
    [InlineData("/apis/orchestrator.vm", "preferredVersion")]
    [InlineData("/apis/orchestrator.vm/v1", "resources")]
    [InlineData("/api/v1", "resources")]
    public async Task Discovery_answers(string path, string has) =>
        Assert.NotNull((await _gateway.GetAsync(path)).Expect(HttpStatusCode.OK).Json[has]);

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/livez")]
    public async Task Health_answers(string path) => Assert.Equal("ok", (await _gateway.GetAsync(path)).Expect(HttpStatusCode.OK).Text);
}
