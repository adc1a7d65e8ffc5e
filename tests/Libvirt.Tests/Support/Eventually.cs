namespace Orchestrator.Libvirt.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits until a condition holds that has no event to wait for.</summary>
    public static async Task HoldsAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline.Time, "the condition never held");
            await Task.Delay(1);
        }
    }
}
