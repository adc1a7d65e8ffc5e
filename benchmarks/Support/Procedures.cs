using System.Globalization;

namespace Orchestrator.Benchmarks.Support;

/// <summary>Some procedures of libvirt's remote protocol by their numbers in <c>remote_protocol.x</c>.</summary>
internal static class Procedures
{
    public const uint DomainDefine = 350;
    public const uint DomainStart = 196;
    public const uint VolumeCreate = 93;

    private static readonly Dictionary<uint, string> _names = new()
    {
        [DomainDefine] = "define domain",
        [DomainStart] = "start domain",
        [VolumeCreate] = "create volume",
        [14] = "domain XML",
        [23] = "find domain by name",
        [24] = "find domain by UUID",
        [81] = "find pool by name",
        [98] = "volume info",
        [201] = "is pool active",
        [200] = "is domain persistent",
        [212] = "domain state",
        [344] = "all domains' statistics",
    };

    /// <summary>The calls that a create cannot do without.</summary>
    public static bool IsNeeded(uint procedure) => procedure is DomainDefine or DomainStart or VolumeCreate;

    public static string Name(uint procedure) => _names.GetValueOrDefault(procedure) ?? string.Create(CultureInfo.InvariantCulture, $"procedure {procedure}");
}
