using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

/// <summary>virNodeInfo.</summary>
/// <param name="Model">CPU architecture, such as <c>x86_64</c>.</param>
/// <param name="Cpus">Active CPUs.</param>
/// <param name="Mhz">0 if unknown.</param>
public sealed record NodeInfo(string Model, ulong MemoryKiB, int Cpus, int Mhz, int NumaNodes, int Sockets, int Cores, int Threads)
{
    private const int ModelLength = 32;

    internal static NodeInfo Read(ref XdrReader r) =>
        new(r.CharArray(ModelLength), r.UInt64(), r.Int32(), r.Int32(), r.Int32(), r.Int32(), r.Int32(), r.Int32());
}

/// <summary>Memory of a host in KiB; a value the host does not report is 0.</summary>
/// <param name="FreeKiB">Without any use.</param>
public sealed record NodeMemory(ulong TotalKiB, ulong FreeKiB, ulong BuffersKiB, ulong CachedKiB)
{
    private const int FieldBytes = 12;

    internal static NodeMemory Read(ref XdrReader reader)
    {
        var fields = ReadFields(ref reader);
        return new NodeMemory(Of("total"), Of("free"), Of("buffers"), Of("cached"));

        ulong Of(string name) => fields.FirstOrDefault(field => field.Key == name).Value;
    }

    internal static KeyValuePair<string, ulong>[] ReadFields(ref XdrReader reader) =>
        reader.Array(ProtocolLimits.MaxNodeStatistics, FieldBytes, static (ref r) => KeyValuePair.Create(r.String(), r.UInt64()));
}
