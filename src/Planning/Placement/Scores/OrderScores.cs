using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Planning;

/// <summary>The PM with the smallest id.</summary>
internal sealed record FirstFitScore() : PlacementScore("first-fit")
{
    public override double Of(PlacementContext context, FleetMember member) => 1 - ((double)context.Fleet.Position(member.Name) / context.Fleet.Members.Count);
}

/// <summary>The next PM after that of the newest VM. Derived from the bindings, so nothing has to be remembered.</summary>
internal sealed record RoundRobinScore() : PlacementScore("round-robin")
{
    public override double Of(PlacementContext context, FleetMember member)
    {
        var fleet = context.Fleet;
        var count = fleet.Members.Count;
        var last = fleet.Newest is { } newest ? fleet.Position(newest.Status.Host!) : count - 1;
        var distance = (fleet.Position(member.Name) - last - 1 + count) % count;
        return 1 - ((double)distance / count);
    }
}

/// <summary>A throw of dice that falls the same each time for the same VM (by uid) and PM, on every replica.</summary>
internal sealed record RandomScore() : PlacementScore("random")
{
    public override double Of(PlacementContext context, FleetMember member)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Vm.Metadata.Uid:N}/{member.Name}"));
        return (double)BinaryPrimitives.ReadUInt64BigEndian(hash) / ulong.MaxValue;
    }
}
