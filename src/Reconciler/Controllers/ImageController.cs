using Orchestrator.Drivers.Images;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Reconciler;

/// <summary>Looks at images, fetches those that are elsewhere, and says in their status what they are.</summary>
public sealed class ImageController(Records records, ImageLibrary library, EventRecorder events, TimeProvider time)
{
    public async ValueTask<Verdict> ReconcileAsync(string name, int failures, CancellationToken stop)
    {
        if (await records.Images.GetAsync(name, stop).ConfigureAwait(false) is not { } image)
        {
            return Verdict.Settled;
        }

        try
        {
            var source = ImageSource.Parse(image.Spec.Source, out var error) ?? throw new ImageException($"source {error}");
            var prepared = await library.PrepareAsync(image.Metadata.Uid!.Value, source, image.Spec.Checksum, image.Status.Volume, stop).ConfigureAwait(false);
            await ReportAsync(name, image, ConditionStatus.True, "Ready", $"{prepared.Format}, a disk of {Quantity.FromBytes(prepared.VirtualSizeBytes)}", status => status with
            {
                Phase = ImagePhase.Ready,
                File = prepared.File,
                Volume = prepared.Volume,
                Format = prepared.Format,
                SizeBytes = prepared.SizeBytes,
                VirtualSizeBytes = prepared.VirtualSizeBytes,
            }, stop).ConfigureAwait(false);
            return Verdict.Settled;
        }
        catch (ImageException failure)
        {
            await ReportAsync(name, image, ConditionStatus.False, "Unusable", failure.Message, status => status with { Phase = ImagePhase.Failed }, stop).ConfigureAwait(false);
            return Verdict.Retry;
        }
    }

    /// <summary>Removes what was fetched for an image that is gone.</summary>
    public void Forget(Image image) => library.Forget(image.Metadata.Uid!.Value);

    private async ValueTask ReportAsync(
        string name, Image image, ConditionStatus ready, string reason, string message, Func<ImageStatus, ImageStatus> change, CancellationToken stop)
    {
        if (image.Status.Condition(MachineReport.Ready) is not { } told || told.Message != message)
        {
            if (ready is ConditionStatus.True)
            {
                events.Normal(image, reason, message);
            }
            else
            {
                events.Warning(image, reason, message);
            }
        }

        var condition = new Condition { Type = MachineReport.Ready, Status = ready, Reason = reason, Message = message, ObservedGeneration = image.Metadata.Generation };
        await Records.ChangeAsync(records.Images, name, image.Metadata.Uid, newest => newest with
        {
            Status = change(newest.Status) with
            {
                ObservedGeneration = image.Metadata.Generation,
                Conditions = newest.Status.Conditions.Set(condition, time.GetUtcNow()),
            },
        }, stop).ConfigureAwait(false);
    }
}
