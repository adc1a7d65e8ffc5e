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
        await foreach (var said in _said.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await WriteAsync(said, stoppingToken).ConfigureAwait(false);
            }
            catch (StorageException failure)
            {
                Log.NotWritten(log, said.Reason, said.InvolvedObject.Name, failure);
            }
        }
    }

    private static string Key(Event said) => $"{said.Metadata.Namespace}/{said.Metadata.Name}";

    private async ValueTask WriteAsync(Event said, CancellationToken stop)
    {
        while (true)
        {
            var known = await records.Events.GetAsync(Key(said), stop).ConfigureAwait(false);
            var result = known is null
                ? await records.Events.CreateAsync(Key(said), said, stop).ConfigureAwait(false)
                : await records.Events.UpdateAsync(Key(said), known with { Count = known.Count + 1, LastTimestamp = said.LastTimestamp }, Records.RevisionOf(known), stop).ConfigureAwait(false);
            if (result is CommitResult.Committed)
            {
                return;
            }
        }
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
        [LoggerMessage(1, LogLevel.Warning, "Event {Reason} about {Object} could not be written")]
        public static partial void NotWritten(ILogger logger, string reason, string? @object, Exception failure);
    }
}
