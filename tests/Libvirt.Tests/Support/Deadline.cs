namespace Orchestrator.Libvirt.Tests.Support;

/// <summary>How long a test waits for what must happen; only a failing test waits so long.</summary>
internal static class Deadline
{
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(20);

    public static Task Soon(this Task task) => task.WaitAsync(Time);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Time);
}
