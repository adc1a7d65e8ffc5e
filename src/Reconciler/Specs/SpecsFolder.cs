using Microsoft.Extensions.Hosting;

namespace Orchestrator.Reconciler.Specs;

/// <summary>
/// Keeps the objects in line with the YAML files of a folder: looks when the folder changes, and now and then anyway.
/// What it does to objects is decided by <see cref="SpecsPlanner"/>.
/// </summary>
public sealed class SpecsFolder(SpecsOptions options, SpecsSync sync, TimeProvider time) : BackgroundService
{
    /// <summary>After so many times the debounce, changes that do not end are looked at all the same.</summary>
    private const int MaxDebounces = 3;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watch = new SpecsWatch(options.Folder);
        while (!stoppingToken.IsCancellationRequested)
        {
            watch.Attach(); // before the look, so that no change falls between
            var patience = await sync.OnceAsync(stoppingToken).ConfigureAwait(false);
            if (await watch.NextAsync(patience, time, stoppingToken).ConfigureAwait(false))
            {
                var first = time.GetTimestamp();
                while (time.GetElapsedTime(first) < MaxDebounces * options.Debounce && await watch.NextAsync(options.Debounce, time, stoppingToken).ConfigureAwait(false))
                {
                    // There is more to come: an editor writes in several steps.
                }
            }
        }
    }
}
