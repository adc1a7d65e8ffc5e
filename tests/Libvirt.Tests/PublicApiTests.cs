using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestrator.Libvirt.Tests;

/// <summary>What users of the library depend on is written down; a change to it is a decision. UPDATE_GOLDEN=1 writes the file.</summary>
public sealed class PublicApiTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    [Fact]
    public void Is_the_one_written_down()
    {
        var path = Path.Combine(Path.GetDirectoryName(Here())!, "PublicApi.txt");
        var actual = string.Concat(typeof(LibvirtHost).Assembly.GetExportedTypes().OrderBy(type => type.Name, StringComparer.Ordinal).Select(Describe));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Here([CallerFilePath] string path = "") => path;

    private static string Describe(Type type)
    {
        if (type.IsEnum)
        {
            return $"enum {type.Name}: {string.Join(", ", Enum.GetNames(type).Select(name => $"{name}={Convert.ToInt64(Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture)}"))}\n";
        }

        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var members = type.GetProperties(Declared).Where(property => property.Name != "EqualityContract").Select(Property)
            .Concat(type.GetConstructors().Select(constructor => $"new({Parameters(constructor)})"))
            .Concat(type.GetMethods(Declared).Where(IsOurs).Select(method => $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})"))
            .Order(StringComparer.Ordinal);
        return $"{(type.IsAbstract ? "abstract " : "")}{type.Name} : {Name(type.BaseType!)}\n{string.Concat(members.Select(member => $"    {member}\n"))}";
    }

    private static bool IsOurs(MethodInfo method) =>
        !method.IsSpecialName && !method.Name.StartsWith('<') && method.Name is not ("Equals" or "GetHashCode" or "ToString" or "Deconstruct");

    private static string Property(PropertyInfo property) =>
        $"{Name(property.PropertyType)}{(Nullability.Create(property).ReadState == NullabilityState.Nullable && !property.PropertyType.IsValueType ? "?" : "")} {property.Name}{(property.CanWrite ? " { init }" : "")}";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)}{(Nullability.Create(parameter).ReadState == NullabilityState.Nullable && !parameter.ParameterType.IsValueType ? "?" : "")} {parameter.Name}"));

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Name(inner) + "?";
        }

        return type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GenericTypeArguments.Select(Name))}>"
            : type.IsArray ? Name(type.GetElementType()!) + "[]"
            : type.Name;
    }
}
