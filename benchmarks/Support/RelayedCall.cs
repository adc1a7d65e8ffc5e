namespace Orchestrator.Benchmarks.Support;

/// <summary>A call that a <see cref="CountingRelay"/> has passed on, with its reply.</summary>
/// <param name="At">Milliseconds since the relay's start.</param>
/// <param name="Took">Milliseconds until the reply.</param>
internal sealed record RelayedCall(double At, uint Procedure, double Took)
{
    /// <summary>The calls that were answered.</summary>
    public static IEnumerable<RelayedCall> Pair(IReadOnlyList<(double At, uint Procedure, uint Serial, bool Reply)> frames) =>
        from call in frames.Where(frame => !frame.Reply)
        let replies = frames.Where(frame => frame.Reply && frame.Serial == call.Serial && frame.Procedure == call.Procedure && frame.At >= call.At).ToList()
        where replies.Count > 0
        select new RelayedCall(call.At, call.Procedure, replies[0].At - call.At);
}
