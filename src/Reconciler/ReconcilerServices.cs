using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Drivers.Images;
using Orchestrator.Reconciler.Schedules;
using Quartz;

namespace Orchestrator.Reconciler;

public static class ReconcilerServices
{
    /// <summary>
    /// Adds the background loop. It expects the store, the placement policies, the doors to the PMs (<c>IHostObserver</c>,
    /// <c>IHostConnector</c>, <c>IStepTarget</c>), a clock and the image library.
    /// </summary>
    public static IServiceCollection AddReconciler(this IServiceCollection services, ReconcilerOptions options, string imageCache)
    {
        services.AddSingleton<Records>();
        services.AddSingleton(provider => new ImageLibrary(imageCache, TimeSpan.FromMinutes(options.ImageFetchMinutes), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EventRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<EventRecorder>());
        services.AddSingleton<StepRunner>();
        services.AddSingleton<Scheduler>();
        services.AddSingleton<VirtualMachineController>();
        services.AddSingleton<PhysicalMachineController>();
        services.AddSingleton<ImageController>();
        services.AddSingleton<Operator>();
        services.AddHostedService(provider => provider.GetRequiredService<Operator>());
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore();
            Every<SweepJob>(quartz, TimeSpan.FromSeconds(options.SweepSeconds));
            Every<DeepSweepJob>(quartz, TimeSpan.FromSeconds(options.DeepSweepSeconds));
            Every<LookJob>(quartz, TimeSpan.FromSeconds(options.LookSeconds));
            Every<ExpireEventsJob>(quartz, TimeSpan.FromMinutes(10));
        });
        return services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
    }

    private static void Every<TJob>(IQuartzBuilder quartz, TimeSpan interval)
        where TJob : class, IJob =>
        quartz.ScheduleJob<TJob>(trigger => trigger.WithIdentity(typeof(TJob).Name).WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever()));
}
