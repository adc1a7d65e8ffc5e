using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.Reconciler;

/// <summary>
/// Writes v1 Events about objects. The same thing said again counts up instead of adding a record. Recording never waits and never fails
/// the caller: Events tell the story, they are not the truth.
/// </summary>
public sealed partial class EventRecorder(Records records, TimeProvider time, ILogger<EventRecorder> log) : BackgroundService
{
    /// <summary>How long an Event is kept after it last happened.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    private const int MaxMessage = 1024;
    private readonly Channel<Event> _said = Channel.CreateBounded<Event>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    public void Normal(Resource about, string reason, string message, string? host = null) => Say(Event.Normal, about, reason, message, host);

    public void Warning(Resource about, string reason, string message, string? host = null) => Say(Event.Warning, about, reason, message, host);

    /// <summary>Removes Events that have not happened for a while.</summary>
    public async ValueTask ExpireAsync(CancellationToken stop)
    {
        var oldest = time.GetUtcNow() - Retention;
        foreach (var old in (await records.Events.ListAsync("", stop).ConfigureAwait(false)).Items.Where(said => said.LastTimestamp < oldest))
        {
            await records.Events.DeleteAsync(Key(old), Records.RevisionOf(old), stop).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What has gathered while the last was written is written at once: many events cost few syncs.
        while (await _said.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
        {
            var gathered = new Dictionary<string, Event>(StringComparer.Ordinal);
            while (gathered.Count < Transaction.MaxOperations && _said.Reader.TryRead(out var said))
            {
                gathered[Key(said)] = gathered.TryGetValue(Key(said), out var same) ? Again(same, said) : said;
            }

            try
            {
                await WriteAsync(gathered, stoppingToken).ConfigureAwait(false);
            }
            catch (StorageException failure)
            {
                Log.NotWritten(log, gathered.Count, failure);
            }
        }
    }

    private static string Key(Event said) => $"{said.Metadata.Namespace}/{said.Metadata.Name}";

    private static Event Again(Event known, Event said) => known with { Count = known.Count + said.Count, LastTimestamp = said.LastTimestamp };

    private async ValueTask WriteAsync(Dictionary<string, Event> gathered, CancellationToken stop)
    {
        CommitResult result;
        do
        {
            var operations = new List<Operation>(gathered.Count);
            foreach (var (key, said) in gathered)
            {
                operations.Add(await records.Events.GetAsync(key, stop).ConfigureAwait(false) is { } known
                    ? records.Events.Update(key, Again(known, said), Records.RevisionOf(known))
                    : records.Events.Create(key, said));
            }

            result = await records.Store.CommitAsync(new(operations), stop).ConfigureAwait(false);
        }
        while (result is not CommitResult.Committed);
    }

    private void Say(string type, Resource about, string reason, string message, string? host)
    {
        var now = time.GetUtcNow();
        var text = message.Length <= MaxMessage ? message : message[..MaxMessage];
        var identity = $"{about.Metadata.Uid}|{type}|{reason}|{text}";
        var name = $"{about.Metadata.Name[..Math.Min(about.Metadata.Name.Length, 46)]}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8))}";
        _said.Writer.TryWrite(new()
        {
            ApiVersion = ResourceTypes.Events.ApiVersion,
            Kind = ResourceTypes.Events.Kind,
            Metadata = new() { Name = name, Namespace = about.Metadata.Namespace ?? "default", Uid = Guid.CreateVersion7(now), CreationTimestamp = now },
            InvolvedObject = ObjectReference.To(about),
            Type = type,
            Reason = reason,
            Message = text,
            FirstTimestamp = now,
            LastTimestamp = now,
            Source = new() { Host = host },
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Count} events could not be written")]
        public static partial void NotWritten(ILogger logger, int count, Exception failure);
    }
}
