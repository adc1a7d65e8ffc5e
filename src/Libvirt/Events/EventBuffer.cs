using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Events;

/// <summary>Events between the receive loop, which never waits, and one reader. What does not fit is dropped and reported as one <see cref="EventsLost"/>.</summary>
internal sealed class EventBuffer(int capacity)
{
    private static readonly EventsLost Lost = new();

    private readonly Channel<LibvirtEvent> _events = Channel.CreateBounded<LibvirtEvent>(new BoundedChannelOptions(capacity) { SingleWriter = true });
    private bool _lost;

    /// <summary>By the receive loop: decodes and keeps one event. The framing is unharmed by a payload that is not understood.</summary>
    public void Add(Procedure procedure, ReadOnlyMemory<byte> payload)
    {
        LibvirtEvent? item;
        try
        {
            item = EventDecoder.Decode(procedure, payload.Span);
        }
        catch (XdrException)
        {
            item = Lost;
        }

        if (item is not null && !_events.Writer.TryWrite(item))
        {
            Volatile.Write(ref _lost, true);
        }
    }

    /// <param name="reason">Thrown to the reader after the last event; null ends the sequence.</param>
    public void Complete(Exception? reason) => _events.Writer.TryComplete(reason);

    public async IAsyncEnumerable<LibvirtEvent> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var item in _events.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            // The buffer was full when something was dropped, so there is an item after it to carry the news.
            if (Interlocked.Exchange(ref _lost, false))
            {
                yield return Lost;
            }

            yield return item;
        }
    }
}
