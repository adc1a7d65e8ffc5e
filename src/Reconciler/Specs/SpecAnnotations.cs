namespace Orchestrator.Reconciler.Specs;

/// <summary>The annotations by which the specs folder and its users speak to each other.</summary>
public static class SpecAnnotations
{
    /// <summary>On objects that the folder created: the file, relative to the folder, they belong to and go with.</summary>
    public const string File = "orchestrator.vm/spec-file";

    /// <summary>On all objects that a file describes: the object's full name and the digest of the document applied last.</summary>
    public const string Applied = "orchestrator.vm/spec-applied";

    /// <summary>Written by users: <see cref="Keep"/> or <see cref="Allow"/>.</summary>
    public const string Prune = "orchestrator.vm/prune";

    /// <summary>The object stays when its document is removed.</summary>
    public const string Keep = "keep";

    /// <summary>The object goes when its document is removed, though it holds data.</summary>
    public const string Allow = "allow";
}
