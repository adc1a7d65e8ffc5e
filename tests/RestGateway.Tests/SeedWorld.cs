using System.Net;
using System.Text;
using Orchestrator.Model;
using Orchestrator.RestGateway.Seed;

namespace Orchestrator.RestGateway.Tests;

/// <summary>A gateway with the PMs, types and images that the seed API's examples speak of.</summary>
public sealed class SeedWorld : IAsyncDisposable
{
    private SeedWorld(Gateway gateway) => Gateway = gateway;

    public Gateway Gateway { get; }

    public static async Task<SeedWorld> StartAsync(TimeSpan? deadline = null)
    {
        var gateway = await Gateway.StartAsync(new SeedOptions { Deadline = deadline ?? TimeSpan.FromSeconds(30) });
        foreach (var (name, cpu, memory, disk) in new[] { ("small", 1, "512Mi", "1Gi"), ("medium", 2, "1Gi", "10Gi"), ("giant", 64, "512Gi", "10Ti") })
        {
            await PostAsync("instancetypes", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"cpu":{{{cpu}}},"memory":"{{{memory}}}","disk":"{{{disk}}}"}}""");
        }

        foreach (var name in new[] { "pm-1", "pm-2", "pm-3" })
        {
            await PostAsync("physicalmachines", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"uri":"qemu+ssh://root@{{{name}}}/system"}}""");
        }

        await PostAsync("images", """{"metadata":{"name":"ubuntu","annotations":{"orchestrator.vm/id":"100"}},"spec":{"source":"/img/Ubuntu-12.04-amd64.img"}}""");
        foreach (var name in new[] { "pm-1", "pm-2" })
        {
            await gateway.WriteStatusAsync(ResourceTypes.PhysicalMachines, null, name, machine => machine with
            {
                Status = machine.Status with
                {
                    Phase = MachinePhase.Ready,
                    Hypervisors = ["qemu"],
                    Capacity = new() { Cpu = 4, MemoryMiB = 4096, DiskGiB = 160 },
                    Foreign = new() { Cpu = 1, MemoryMiB = 1024, DiskGiB = 2 },
                },
            });
        }

        return new(gateway);

        async Task PostAsync(string plural, string json) => (await gateway.PostAsync($"{Gateway.Root}/{plural}", json)).Expect(HttpStatusCode.Created);
    }

    /// <summary>By GET; always 200 and JSON.</summary>
    public async Task<string> AskAsync(string call)
    {
        var answer = (await Gateway.GetAsync(call)).Expect(HttpStatusCode.OK);
        _ = answer.Json;
        return answer.Text;
    }

    /// <summary>By POST of a body; always 200 and JSON.</summary>
    public async Task<string> PostAsync(string call, byte[] body, string? type)
    {
        using var content = new ByteArrayContent(body);
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        var answer = (await Gateway.SendAsync(HttpMethod.Post, call, content)).Expect(HttpStatusCode.OK);
        _ = answer.Json;
        return answer.Text;
    }

    public Task<string> PostAsync(string call, string body, string type) => PostAsync(call, Encoding.UTF8.GetBytes(body), type);

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
