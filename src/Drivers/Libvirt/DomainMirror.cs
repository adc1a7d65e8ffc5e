using Orchestrator.Libvirt;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>
/// What is known of one PM's domains. Complete since the connection was opened: a domain that is not in it is not there. Details are
/// fetched when asked for, and forgotten when an event or a sweep says that something changed.
/// </summary>
internal sealed class DomainMirror
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Entry> _entries = [];

    /// <summary>Known domains of this name.</summary>
    public IReadOnlyList<DomainRef> Named(string name)
    {
        lock (_gate)
        {
            return [.. _entries.Values.Where(entry => entry.Ref.Name == name).Select(entry => entry.Ref)];
        }
    }

    public IReadOnlyList<DomainRef> All()
    {
        lock (_gate)
        {
            return [.. _entries.Values.Select(entry => entry.Ref)];
        }
    }

    /// <summary>What is known, and a stamp that tells whether it still is when fresh details arrive.</summary>
    public (DomainRef? Ref, DomainDetails? Details, long Stamp) Find(Guid uid)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(uid, out var entry) ? (entry.Ref, entry.Details, entry.Stamp) : (null, null, 0);
        }
    }

    /// <summary>True when a domain is known to be active, without asking.</summary>
    public bool IsActive(Guid uid)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(uid, out var entry) && StateCodes.IsActive(entry.State);
        }
    }

    /// <summary>Says that something about a domain changed.</summary>
    /// <param name="justDefined">It has been given our own definition.</param>
    public void Touch(DomainRef domain, bool justDefined = false)
    {
        lock (_gate)
        {
            var entry = GetOrAdd_NeedsLock(domain);
            (entry.Ref, entry.Details, entry.Stamp) = (domain, null, entry.Stamp + 1);
            entry.JustDefined |= justDefined;
        }
    }

    /// <summary>The domain, if its definition is our own and nobody has looked since; known without asking.</summary>
    public DomainRef? JustDefined(Guid uid)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(uid, out var entry) && entry.JustDefined ? entry.Ref : null;
        }
    }

    /// <summary>Stores fresh details, unless something changed while they were fetched. Null details: it is gone.</summary>
    public void Store(DomainRef domain, DomainDetails? details, long stamp)
    {
        lock (_gate)
        {
            if (details is null)
            {
                if (!_entries.TryGetValue(domain.Uuid, out var gone) || gone.Stamp == stamp)
                {
                    _entries.Remove(domain.Uuid);
                }

                return;
            }

            var entry = GetOrAdd_NeedsLock(domain);
            (entry.State, entry.JustDefined) = (details.State, false);
            if (entry.Stamp == stamp)
            {
                entry.Details = details;
            }
        }
    }

    /// <summary>Takes over a complete list of domains with their states; tells which differ from what was known.</summary>
    /// <param name="all">Every domain of the PM.</param>
    /// <param name="forget">True forgets all details.</param>
    public IReadOnlyList<Guid> Replace(IReadOnlyList<(DomainRef Ref, (int State, int Reason) State)> all, bool forget)
    {
        var changed = new List<Guid>();
        lock (_gate)
        {
            var present = new HashSet<Guid>(all.Count);
            foreach (var (domain, state) in all)
            {
                present.Add(domain.Uuid);
                var known = _entries.GetValueOrDefault(domain.Uuid);
                if (known is null || known.State != state || known.Ref.Name != domain.Name || forget)
                {
                    var entry = GetOrAdd_NeedsLock(domain);
                    (entry.Ref, entry.State, entry.Details, entry.Stamp) = (domain, state, null, entry.Stamp + 1);
                    changed.Add(domain.Uuid);
                }
            }

            foreach (var gone in _entries.Keys.Where(uid => !present.Contains(uid)).ToList())
            {
                _entries.Remove(gone);
                changed.Add(gone);
            }
        }

        return changed;
    }

    private Entry GetOrAdd_NeedsLock(DomainRef domain)
    {
        if (!_entries.TryGetValue(domain.Uuid, out var entry))
        {
            _entries.Add(domain.Uuid, entry = new() { Ref = domain });
        }

        return entry;
    }

    private sealed class Entry
    {
        public required DomainRef Ref { get; set; }

        public (int State, int Reason) State { get; set; }

        public DomainDetails? Details { get; set; }

        public bool JustDefined { get; set; }

        public long Stamp { get; set; }
    }
}

/// <summary>One domain in full.</summary>
/// <param name="State">As libvirt numbers it.</param>
/// <param name="Mark">Whose it is.</param>
internal sealed record DomainDetails((int State, int Reason) State, DomainMark? Mark, DomainConfig? Config, DomainConfig? Live)
{
    public ObservedDomain AsObserved(string cluster) => new(
        StateCodes.State(State),
        StateCodes.Reason(State),
        Mark is null ? MarkState.Missing : Mark.Cluster == cluster ? MarkState.Ours : MarkState.Foreign,
        Mark?.SpecHash,
        Config,
        Live);
}
