using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Reconciler.Specs;

/// <summary>One look at the folder after the other, each bringing the objects into line with the files. Not safe for concurrent use.</summary>
public sealed partial class SpecsSync(SpecsOptions options, IObjectWriter writer, TimeProvider time, ILogger<SpecsSync> log)
{
    private static readonly TimeSpan _soonest = TimeSpan.FromMilliseconds(250);

    /// <summary>How often to look for the end of something that happens elsewhere: an object going, a disk being mounted.</summary>
    private static readonly TimeSpan _whileUnsettled = TimeSpan.FromSeconds(1);

    private readonly SpecsFolderReader _reader = new(options.Folder, time);
    private ImmutableHashSet<string> _lost = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private int _failures;
    private SpecsStatus _status = SpecsStatus.Unknown(options.Folder);

    /// <summary>How the last look went. Can be read at any time.</summary>
    public SpecsStatus Status => Volatile.Read(ref _status);

    /// <summary>Looks, decides, writes and deletes once. Returns after how long to look again if nothing happens before.</summary>
    public async ValueTask<TimeSpan> OnceAsync(CancellationToken stop)
    {
        var (files, problem) = _reader.Look();
        try
        {
            var known = await writer.WithAnnotationAsync(SpecAnnotations.Applied, stop).ConfigureAwait(false);
            var quiet = _reader.QuietFor >= options.Quiet;
            var plan = SpecsPlanner.Plan(new(files, problem, quiet), known, _lost, SpecsPlanner.DataBearing);
            _lost = plan.Lost;

            var refusals = new List<SpecError>();
            var again = await ApplyAsync(plan.Applies, refusals, stop).ConfigureAwait(false);
            again |= await DeleteAsync(plan.Deletes, refusals, stop).ConfigureAwait(false);
            Report(plan, problem, refusals);
            return Next(plan, again, problem is not null);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            Log.Failed(log, failure);
            return Retry();
        }
    }

    private async ValueTask<bool> ApplyAsync(IReadOnlyList<SpecApply> applies, List<SpecError> refusals, CancellationToken stop)
    {
        var again = false;
        foreach (var apply in applies)
        {
            var outcome = await writer.ApplyAsync(apply.Desired, apply.WhenCreated, stop).ConfigureAwait(false);
            var (file, document) = (apply.File.Name, apply.Document);
            refusals.AddRange(outcome.Result is WriteResult.Invalid
                ? outcome.Errors.Select(error => new SpecError(file, document.Locate(error.Field), error.Field, error.Message))
                : outcome.Succeeded ? [] : [new SpecError(file, document.At, "", $"{document}: {outcome.Message}")]);
            again |= !outcome.Succeeded && outcome.Result is not WriteResult.Invalid;
            if (outcome.Succeeded && outcome.Result is not WriteResult.Unchanged)
            {
                Log.Applied(log, file, document.At.Line, document.ToString(), outcome.Result);
            }
        }

        return again;
    }

    /// <summary>A file of which something was refused keeps all that it had: a renamed object must not go before its successor is there.</summary>
    private async ValueTask<bool> DeleteAsync(IReadOnlyList<SpecDelete> deletes, List<SpecError> refusals, CancellationToken stop)
    {
        var again = false;
        var refused = refusals.Select(error => error.File).ToHashSet(StringComparer.Ordinal);
        foreach (var delete in deletes.Where(delete => !refused.Contains(_reader.NameOf(delete.File))))
        {
            var metadata = delete.Object.Metadata;
            var outcome = await writer.DeleteAsync(delete.Type, metadata.Namespace, metadata.Name, metadata.Uid!.Value, stop).ConfigureAwait(false);
            again |= outcome.Result is WriteResult.Conflict or WriteResult.Invalid;
            Log.Deleted(log, delete.File, delete.Type.Kind, metadata.FullName, outcome.Result);
        }

        return again;
    }

    private TimeSpan Next(SpecsPlan plan, bool again, bool problem)
    {
        if (again)
        {
            return Retry();
        }

        _failures = 0;
        var rest = options.Quiet - _reader.QuietFor;
        return plan.Unsettled && rest > TimeSpan.Zero ? rest : plan.Unsettled || problem ? _whileUnsettled : options.Rescan;
    }

    private TimeSpan Retry()
    {
        var wait = _soonest * Math.Pow(2, Math.Min(_failures++, 20));
        return wait < options.Rescan ? wait : options.Rescan;
    }

    private void Report(SpecsPlan plan, string? problem, List<SpecError> refusals)
    {
        var before = Status;
        var now = time.GetUtcNow();
        var files = plan.Files.ToImmutableSortedDictionary(file => file.Path, file => StatusOf(file, refusals, before, now), StringComparer.Ordinal);
        var trouble = problem ?? (plan.Lost.IsEmpty
            ? null
            : $"all files that had created objects are gone ({string.Join(", ", plan.Lost.Order(StringComparer.Ordinal))}); nothing is deleted. Put them back, or delete the objects by hand");
        var status = new SpecsStatus(options.Folder, trouble, files, [.. plan.Held.Select(held => held.ToString())]);

        foreach (var error in files.Values.SelectMany(file => file.Errors).Except(before.Files.Values.SelectMany(file => file.Errors)))
        {
            Log.Wrong(log, error);
        }

        foreach (var held in status.Held.Except(before.Held, StringComparer.Ordinal))
        {
            Log.Held(log, held);
        }

        if (trouble is not null && trouble != before.Problem)
        {
            Log.Trouble(log, options.Folder, trouble);
        }

        Volatile.Write(ref _status, status);
    }

    private static SpecFileStatus StatusOf(SpecFile file, List<SpecError> refusals, SpecsStatus before, DateTimeOffset now)
    {
        EquatableArray<SpecError> errors = [.. file.Errors, .. refusals.Where(error => error.File == file.Name)];
        var last = before.Files.GetValueOrDefault(file.Path);
        EquatableArray<string> objects = [.. file.Documents.Select(document => document.ToString())];
        return new(objects, errors, errors.Count > 0 ? last?.AppliedAt : now);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{File}:{Line}: {Object} was {Result}")]
        public static partial void Applied(ILogger logger, string file, int line, string @object, WriteResult result);

        [LoggerMessage(2, LogLevel.Information, "{File} no longer describes {Kind} {Name}: {Result}")]
        public static partial void Deleted(ILogger logger, string file, string kind, string name, WriteResult result);

        [LoggerMessage(3, LogLevel.Error, "{Error}")]
        public static partial void Wrong(ILogger logger, SpecError error);

        [LoggerMessage(4, LogLevel.Warning, "{Held}")]
        public static partial void Held(ILogger logger, string held);

        [LoggerMessage(5, LogLevel.Critical, "The specs folder {Folder} is not in order: {Problem}")]
        public static partial void Trouble(ILogger logger, string folder, string problem);

        [LoggerMessage(6, LogLevel.Error, "The specs folder could not be applied; trying again")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
