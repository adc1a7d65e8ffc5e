using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Reconciler;

/// <summary>Performs plans: one log line and one Event per step.</summary>
public sealed partial class StepRunner(IStepTarget target, EventRecorder events, ILogger<StepRunner> log)
{
    /// <summary>Performs the steps in order, and stops at the first that fails. What is left is for the next look.</summary>
    /// <returns>The steps that were done, and why the next was not.</returns>
    public async ValueTask<(IReadOnlyList<Step> Done, string? Failure)> RunAsync(Resource about, Plan plan, CancellationToken stop)
    {
        var done = new List<Step>(plan.Steps.Count);
        foreach (var step in plan.Steps)
        {
            var text = step.Describe();
            try
            {
                await step.ApplyAsync(target, stop).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                Log.Failed(log, text, failure.Message);
                events.Warning(about, step.Reason + "Failed", $"{text}: {failure.Message}", step.Host);
                return (done, $"{text}: {failure.Message}");
            }

            Log.Done(log, text);
            events.Normal(about, step.Reason, text, step.Host);
            done.Add(step);
        }

        return (done, null);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Step}")]
        public static partial void Done(ILogger logger, string step);

        [LoggerMessage(2, LogLevel.Warning, "{Step} failed: {Reason}")]
        public static partial void Failed(ILogger logger, string step, string reason);
    }
}
