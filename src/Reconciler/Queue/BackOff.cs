namespace Orchestrator.Reconciler;

/// <summary>How long to leave a key alone after failures in a row: doubling, with a ceiling.</summary>
public static class BackOff
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _most = TimeSpan.FromMinutes(2);

    public static TimeSpan Exponential(int failures)
    {
        var factor = Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return TimeSpan.FromTicks((long)Math.Min(_first.Ticks * factor, _most.Ticks));
    }
}
