using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Model;

namespace Orchestrator.RestGateway.Tests;

/// <summary>Many writers at once: nothing is lost, nothing is given twice.</summary>
public sealed class ConcurrencyTests : IAsyncLifetime
{
    private const string Web = Gateway.Vms + "/web-1";
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task No_update_is_lost_when_writers_send_back_what_they_read()
    {
        const int Writers = 8, Each = 25;
        (await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1", ""","labels":{"n":"0"}"""))).Expect(HttpStatusCode.Created);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Each;)
            {
                var read = (await _gateway.GetAsync(Web)).Expect(HttpStatusCode.OK).Json;
                var count = int.Parse((string)read["metadata"]!["labels"]!["n"]!, CultureInfo.InvariantCulture);
                read["metadata"]!["labels"]!["n"] = (count + 1).ToString(CultureInfo.InvariantCulture);
                var written = await _gateway.PutAsync(Web, read.ToJsonString());
                if (written.Code == HttpStatusCode.OK)
                {
                    done++;
                }
                else
                {
                    written.ExpectFailure(409, "Conflict");
                }
            }
        })));
        Assert.Equal("200", (string?)(await _gateway.GetAsync(Web)).Json["metadata"]!["labels"]!["n"]);
    }

    [Fact]
    public async Task Patches_of_different_fields_all_stay()
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"));
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
            (await _gateway.PatchAsync(Web, string.Create(CultureInfo.InvariantCulture, $$$$"""{"metadata":{"labels":{"l{{{{i}}}}":"x"}}}"""))).Expect(HttpStatusCode.OK)));
        Assert.Equal(64, (await _gateway.GetAsync(Web)).Json["metadata"]!["labels"]!.AsObject().Count);
    }

    [Fact]
    public async Task A_patch_and_a_status_write_do_not_undo_each_other()
    {
        await _gateway.PostAsync(Gateway.Vms, Gateway.Vm("web-1"));
        var status = Task.Run(async () =>
        {
            for (var i = 1; i <= 50; i++)
            {
                await _gateway.WriteStatusAsync(ResourceTypes.VirtualMachines, "default", "web-1", vm => vm with { Status = vm.Status with { Restarts = vm.Status.Restarts + 1 } });
            }
        });
        for (var i = 1; i <= 50; i++)
        {
            (await _gateway.PatchAsync(Web, string.Create(CultureInfo.InvariantCulture, $$$$"""{"spec":{"cpu":{{{{i}}}}}}"""))).Expect(HttpStatusCode.OK);
        }

        await status;
        var end = (await _gateway.GetAsync(Web)).Json;
        Assert.Equal((50, 50), ((int)end["spec"]!["cpu"]!, (int)end["status"]!["restarts"]!));
    }

    [Fact]
    public async Task Sixty_four_at_once_get_sixty_four_numbers_which_are_never_given_again()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-").FullName;
        try
        {
            var given = new HashSet<int>();
            for (var life = 0; life < 3; life++)
            {
                await using var gateway = await Gateway.StartAsync(folder, keepFolder: true);
                var created = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
                    (await gateway.PostAsync(Gateway.Vms, Gateway.Vm(string.Create(CultureInfo.InvariantCulture, $"vm-{i}")))).Expect(HttpStatusCode.Created).Json));
                foreach (var vm in created)
                {
                    Assert.True(given.Add((int)vm["status"]!["id"]!), $"{vm["status"]!["id"]} was given twice");
                }

                // All are gone before the next life, even the one with the highest number.
                foreach (var vm in created)
                {
                    var path = $"{Gateway.Vms}/{vm["metadata"]!["name"]}";
                    await gateway.DeleteAsync(path);
                    (await gateway.PatchAsync(path, """{"metadata":{"finalizers":null}}""")).Expect(HttpStatusCode.OK);
                }
            }

            Assert.Equal(Enumerable.Range(1, 192), given.Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_number_can_be_asked_for_once()
    {
        const string Types = Gateway.Root + "/instancetypes";
        Assert.Equal(2, (await _gateway.PostAsync(Types, Type("b", "2"))).Expect(HttpStatusCode.Created).Id);
        Assert.Equal(1, (await _gateway.PostAsync(Types, Type("a", "1"))).Expect(HttpStatusCode.Created).Id);
        (await _gateway.PostAsync(Types, Type("c", "2"))).ExpectFailure(409, "Conflict");
        (await _gateway.DeleteAsync(Types + "/b")).Expect(HttpStatusCode.OK);
        (await _gateway.PostAsync(Types, Type("c", "2"))).ExpectFailure(409, "Conflict");
        Assert.Equal(2, (await _gateway.PostAsync(Types, Type("b", "2"))).Expect(HttpStatusCode.Created).Id);
        Assert.Equal(3, (await _gateway.PostAsync(Types, Type("c", null))).Expect(HttpStatusCode.Created).Id);
        Assert.Equal(int.MaxValue, (await _gateway.PostAsync(Types, Type("d", "2147483647"))).Expect(HttpStatusCode.Created).Id);
        Assert.Equal(4, (await _gateway.PostAsync(Types, Type("e", null))).Expect(HttpStatusCode.Created).Id);
        foreach (var wrong in new[] { "0", "-1", "1.5", "2147483648", "x", "" })
        {
            (await _gateway.PostAsync(Types, Type("f", wrong))).ExpectFailure(422, "Invalid");
        }

        (await _gateway.PatchAsync(Types + "/a", """{"metadata":{"annotations":{"orchestrator.vm/id":"9"}}}""")).ExpectFailure(422, "Invalid");
    }

    [Fact]
    public async Task Applying_keeps_what_others_wrote()
    {
        var vm = (VirtualMachine)ResourceTypes.VirtualMachines.Parse(System.Text.Encoding.UTF8.GetBytes(
            """{"metadata":{"name":"web-1","namespace":"default","labels":{"mine":"1"}},"spec":{"cpu":1,"memory":"64Mi","disk":"1Gi"}}"""));
        Assert.Equal(WriteResult.Created, (await _gateway.Objects.ApplyAsync(vm, StringMap.Empty, default)).Result);
        await _gateway.PatchAsync(Web, """{"metadata":{"labels":{"other":"2","mine":"3"}}}""");
        Assert.Equal(WriteResult.Updated, (await _gateway.Objects.ApplyAsync(vm, StringMap.Empty, default)).Result);
        Assert.Equal(WriteResult.Unchanged, (await _gateway.Objects.ApplyAsync(vm, StringMap.Empty, default)).Result);
        var stored = (await _gateway.Objects.GetAsync(ResourceTypes.VirtualMachines, "default", "web-1", default))!;
        Assert.Equal("mine=1,other=2", stored.Metadata.Labels.ToString());
        Assert.Equal([VirtualMachine.Finalizer], stored.Metadata.Finalizers);
        Assert.Equal(WriteResult.Conflict, (await _gateway.Objects.DeleteAsync(ResourceTypes.VirtualMachines, "default", "web-1", Guid.NewGuid(), default)).Result);
        Assert.Equal(WriteResult.Deleting, (await _gateway.Objects.DeleteAsync(ResourceTypes.VirtualMachines, "default", "web-1", stored.Metadata.Uid!.Value, default)).Result);
    }

    private static string Type(string name, string? id)
    {
        var json = JsonNode.Parse($$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"cpu":1,"memory":"64Mi","disk":"1Gi"}}""")!;
        if (id is not null)
        {
            json["metadata"]!["annotations"] = new JsonObject { ["orchestrator.vm/id"] = id };
        }

        return json.ToJsonString();
    }
}
