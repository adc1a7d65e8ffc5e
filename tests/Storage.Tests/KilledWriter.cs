using System.Globalization;
using System.Text;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests;

/// <summary>
/// The victim of the kill tests, run as a process of its own: writers that each count upwards under two keys in one transaction,
/// printing "writer count revision" once a write is acknowledged, until killed. A third key of each is there while its count is even.
/// </summary>
internal static class KilledWriter
{
    public const int Writers = 8;

    public static string LeftKey(int writer) => string.Create(CultureInfo.InvariantCulture, $"left/{writer}");

    public static string RightKey(int writer) => string.Create(CultureInfo.InvariantCulture, $"right/{writer}");

    public static string EvenKey(int writer) => string.Create(CultureInfo.InvariantCulture, $"even/{writer}");

    public static async Task Main(string[] arguments)
    {
        // Small limits, so that compaction and trimming are also under way when the end comes.
        var options = new SqliteStoreOptions { Path = arguments[0], KeepEventsAtLeast = 200, KeepEventsAtMost = 400, KeepEventsFor = TimeSpan.Zero };
        var store = await SqliteObjectStore.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => CountAsync(store, writer))));
    }

    private static async Task CountAsync(SqliteObjectStore store, int writer)
    {
        var left = await store.GetAsync(LeftKey(writer), CancellationToken.None);
        var revision = left?.Revision ?? 0;
        var count = left is null ? 0 : int.Parse(Encoding.UTF8.GetString(left.Value.Span[..10]), CultureInfo.InvariantCulture);
        while (true)
        {
            // Values of changing size, of which the count is only the beginning, make pages split and overflow.
            var value = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{++count:D10}") + new string('x', count * 37 % 6000));
            var even = count % 2 == 0 ? Operation.Put(EvenKey(writer), value) : Operation.Delete(EvenKey(writer));
            var result = await store.CommitAsync(
                revision == 0
                    ? new(Operation.Create(LeftKey(writer), value), Operation.Create(RightKey(writer), value))
                    : new(Operation.Update(LeftKey(writer), value, revision), even, Operation.Update(RightKey(writer), value, revision)),
                CancellationToken.None);
            revision = result is CommitResult.Committed committed ? committed.Revision : throw new InvalidOperationException($"{result}");
            Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{writer} {count} {revision}\n"));
        }
    }
}
