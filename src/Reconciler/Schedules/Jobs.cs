using Quartz;

namespace Orchestrator.Reconciler.Schedules;

// A job only enqueues keys: one that is late, lost or run twice costs nothing.

/// <summary>One call per PM: finds domains whose state changed although no event told of it.</summary>
internal sealed class SweepJob(Operator loop) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => loop.SweepAllAsync(deep: false, cancellationToken);
}

/// <summary>Looks at every definition and disk again: finds what no event and no state tells.</summary>
internal sealed class DeepSweepJob(Operator loop) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => loop.SweepAllAsync(deep: true, cancellationToken);
}

/// <summary>Looks at what PMs have and how images are.</summary>
internal sealed class LookJob(Operator loop) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => loop.LookAtAllAsync(cancellationToken);
}

/// <summary>Forgets old Events.</summary>
internal sealed class ExpireEventsJob(EventRecorder events) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => events.ExpireAsync(cancellationToken);
}
