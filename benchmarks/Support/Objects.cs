using System.Text.Json.Nodes;

namespace Orchestrator.Benchmarks.Support;

/// <summary>The objects that benchmarks create, as a client writes them.</summary>
internal static class Objects
{
    public static JsonObject Host(string name, string uri, string storagePath) => Object("PhysicalMachine", name, new()
    {
        ["uri"] = uri,
        ["storagePath"] = storagePath,
        ["overcommit"] = new JsonObject { ["cpu"] = 1000, ["memory"] = 1000, ["disk"] = 1000 },
    });

    public static JsonObject Type(string name, int cpu, int memoryMiB, int diskGiB) => Object("InstanceType", name, new()
    {
        ["cpu"] = cpu,
        ["memory"] = $"{memoryMiB}Mi",
        ["disk"] = $"{diskGiB}Gi",
    });

    public static JsonObject Image(string name, string source) => Object("Image", name, new() { ["source"] = source });

    public static JsonObject Vm(string name, string type, string? image = null, string? host = null)
    {
        var spec = new JsonObject { ["instanceType"] = type, ["terminationGracePeriodSeconds"] = 0 };
        if (image is not null)
        {
            spec["image"] = image;
        }

        if (host is not null)
        {
            spec["placement"] = new JsonObject { ["host"] = host };
        }

        return Object("VirtualMachine", name, spec);
    }

    private static JsonObject Object(string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = "orchestrator.vm/v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = spec,
    };
}
