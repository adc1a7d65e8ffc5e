namespace Orchestrator.Testing;

/// <summary>
/// Keeps test processes apart that use the same bed at the same time: many may share it, one that breaks hosts has it alone.
/// An advisory file lock, so that the death of a process ends its lease.
/// </summary>
internal static class TestbedLease
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="TimeoutException">Others kept the bed for 15 minutes.</exception>
    public static async Task<FileStream> AcquireAsync(string name, bool exclusive, CancellationToken stop)
    {
        var time = TimeProvider.System;
        var path = $"/run/lock/testbed-{name}.lease";
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                // On Unix .NET maps FileShare.None to flock(LOCK_EX) and anything else to flock(LOCK_SH).
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, exclusive ? FileShare.None : FileShare.Read);
            }
            catch (IOException held) when (File.Exists(path))
            {
                if (time.GetElapsedTime(start) > Patience)
                {
                    throw new TimeoutException($"Other tests hold the test bed ({path}).", held);
                }
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(false);
        }
    }
}
