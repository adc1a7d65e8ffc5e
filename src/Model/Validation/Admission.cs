namespace Orchestrator.Model;

/// <summary>What a user's write becomes: the object to store, or all that is wrong with it.</summary>
public sealed record Admitted(Resource? Object, EquatableArray<FieldError> Errors)
{
    public static Admitted Refuse(params IEnumerable<FieldError> errors) => new(null, [.. errors]);
}

/// <summary>
/// Turns what a user sent into what is stored. Pure: clock, identity and numbers are arguments.
/// Users own <c>spec</c>, labels, annotations and finalizers; all the rest is kept from the stored object.
/// </summary>
public static class Admission
{
    /// <summary>Asks for a certain <c>status.id</c> at creation, as the flavor file's tid does.</summary>
    public const string IdAnnotation = "orchestrator.vm/id";

    public static Admitted Create(ResourceType type, Resource sent, Guid uid, DateTimeOffset now)
    {
        EquatableArray<FieldError> errors = [.. Names.Validate(sent.Metadata, type.Namespaced), .. type.Validate(sent), .. RequestedId(type, sent.Metadata).Errors];
        return errors.Count > 0 ? new(null, errors) : new(
            sent.WithNewStatus(0) with
            {
                ApiVersion = type.ApiVersion,
                Kind = type.Kind,
                Metadata = sent.Metadata with
                {
                    GenerateName = null,
                    Uid = uid,
                    ResourceVersion = null,
                    Generation = 1,
                    CreationTimestamp = now,
                    DeletionTimestamp = null,
                    DeletionGracePeriodSeconds = null,
                    Finalizers = [.. sent.Metadata.Finalizers.Union(type.Finalizers, StringComparer.Ordinal)],
                },
            },
            []);
    }

    /// <summary>
    /// <paramref name="sent"/> as the successor of <paramref name="stored"/>. The same in all that users own gives back the stored object itself.
    /// </summary>
    public static Admitted Update(ResourceType type, Resource stored, Resource sent)
    {
        var old = stored.Metadata;
        var errors = new List<FieldError>();
        errors.AddRange(Names.Validate(sent.Metadata, type.Namespaced));
        if (sent.Metadata.Uid is { } uid && uid != old.Uid)
        {
            errors.Add(FieldError.Invalid("metadata.uid", uid, $"is immutable and is {old.Uid}"));
        }

        errors.AddRange(type.Validate(sent));
        errors.AddRange(type.ValidateChange(stored, sent));
        if (old.Deleting && sent.Metadata.Finalizers.Except(old.Finalizers, StringComparer.Ordinal).Any())
        {
            errors.Add(FieldError.Forbidden("metadata.finalizers", "none can be added while the object is being deleted"));
        }

        if (stored.BaseStatus is { Id: var id } && RequestedId(type, sent.Metadata) is { Errors: var wrong, Id: var wanted })
        {
            errors.AddRange(wrong);
            if (wanted is not null && wanted != id)
            {
                errors.Add(FieldError.Forbidden($"metadata.annotations[{IdAnnotation}]", $"the id is immutable and is {id}"));
            }
        }

        if (errors.Count > 0)
        {
            return Admitted.Refuse(errors);
        }

        var changed = sent.WithStatusOf(stored) with
        {
            ApiVersion = type.ApiVersion,
            Kind = type.Kind,
            Metadata = old with
            {
                Labels = sent.Metadata.Labels,
                Annotations = sent.Metadata.Annotations,
                // Until deletion was asked for, what the kind needs to clean up cannot be dropped, as a manifest that is put back would.
                Finalizers = old.Deleting ? sent.Metadata.Finalizers : [.. sent.Metadata.Finalizers.Union(type.Finalizers, StringComparer.Ordinal)],
                OwnerReferences = sent.Metadata.OwnerReferences,
                Generation = sent.SameSpec(stored) ? old.Generation : old.Generation + 1,
            },
        };
        return new(changed.Equals(stored) ? stored : changed, []);
    }

    /// <summary>The object marked as deleted, or null when nothing holds it and it may go at once.</summary>
    public static Resource? Delete(Resource stored, DateTimeOffset now, long? graceSeconds)
    {
        var old = stored.Metadata;
        if (old.Finalizers.Count == 0)
        {
            return null;
        }

        var grace = (old.DeletionGracePeriodSeconds, graceSeconds) switch
        {
            ({ } before, { } wanted) => Math.Min(before, wanted),
            var (before, wanted) => before ?? wanted,
        };
        return stored with
        {
            Metadata = old with
            {
                DeletionTimestamp = old.DeletionTimestamp ?? now,
                DeletionGracePeriodSeconds = grace,
                Generation = old.Deleting ? old.Generation : old.Generation + 1,
            },
        };
    }

    /// <summary>The id that the object asks for, if any.</summary>
    public static (int? Id, EquatableArray<FieldError> Errors) RequestedId(ResourceType type, ObjectMeta metadata)
    {
        if (!type.Numbered || !metadata.Annotations.TryGetValue(IdAnnotation, out var text))
        {
            return (null, []);
        }

        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) && id > 0
            ? (id, [])
            : (null, [FieldError.Invalid($"metadata.annotations[{IdAnnotation}]", text, "must be a positive number")]);
    }
}
