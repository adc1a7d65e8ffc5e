using System.Diagnostics;

namespace Orchestrator.Testing;

/// <summary>Waits for what must become true but tells nobody when it does.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks again and again until what it sees is good, and returns that.</summary>
    /// <param name="what">For the message: what is waited for.</param>
    /// <param name="look">One look. Its exceptions end the wait.</param>
    /// <param name="good">True for what is waited for.</param>
    /// <param name="within">60 s when not given.</param>
    /// <exception cref="TimeoutException">It did not come in time; the message has what was seen last.</exception>
    public static async Task<T> SeesAsync<T>(string what, Func<Task<T>> look, Func<T, bool> good, TimeSpan? within = null)
    {
        var patience = within ?? Patience;
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look().ConfigureAwait(false);
            if (good(seen))
            {
                return seen;
            }

            if (Stopwatch.GetElapsedTime(began) > patience)
            {
                throw new TimeoutException($"{what}: not within {patience.TotalSeconds:0} s. Seen last: {seen}");
            }

            await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        }
    }

    /// <summary>Looks again and again until the answer is yes.</summary>
    /// <inheritdoc cref="SeesAsync{T}"/>
    public static Task HoldsAsync(string what, Func<Task<bool>> holds, TimeSpan? within = null) => SeesAsync(what, holds, yes => yes, within);
}
