using System.Threading.Channels;

namespace Orchestrator.Storage.Memory;

/// <summary>One live watch: a bounded buffer between the writer, which never waits, and one reader.</summary>
internal sealed class Watcher(string prefix, long afterRevision, int capacity)
{
    private readonly Channel<StoreEvent> _buffer =
        Channel.CreateBounded<StoreEvent>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    public ChannelReader<StoreEvent> Events => _buffer.Reader;

    public bool Wants(StoreEvent happened) =>
        happened.Revision > afterRevision && happened.Entry.Key.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Hands over an event. False: the buffer was full and the watch has ended.</summary>
    public bool Offer(StoreEvent happened) => _buffer.Writer.TryWrite(happened) || !End(new WatcherTooSlowException(capacity));

    public bool End(Exception reason) => _buffer.Writer.TryComplete(reason);
}
