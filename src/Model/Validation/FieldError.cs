namespace Orchestrator.Model;

/// <summary>The reasons of Kubernetes' <c>StatusCause</c>.</summary>
public enum FieldErrorReason
{
    FieldValueInvalid,
    FieldValueRequired,
    FieldValueNotSupported,
    FieldValueForbidden,
    FieldValueDuplicate,
    FieldValueUnknown,
}

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">Its path, such as <c>spec.placement.host</c>.</param>
public sealed record FieldError(string Field, FieldErrorReason Reason, string Message)
{
    public static FieldError Invalid(string field, object? value, string why) =>
        new(field, FieldErrorReason.FieldValueInvalid, $"Invalid value: {Show(value)}: {why}");

    public static FieldError Required(string field, string why = "") =>
        new(field, FieldErrorReason.FieldValueRequired, why.Length == 0 ? "Required value" : $"Required value: {why}");

    public static FieldError Forbidden(string field, string why) => new(field, FieldErrorReason.FieldValueForbidden, $"Forbidden: {why}");

    public static FieldError Duplicate(string field) => new(field, FieldErrorReason.FieldValueDuplicate, "appears twice");

    public static FieldError Unknown(string field, string? didYouMean) =>
        new(field, FieldErrorReason.FieldValueUnknown, didYouMean is null ? "unknown field" : $"unknown field; did you mean {didYouMean}?");

    public override string ToString() => $"{Field}: {Message}";

    private static string Show(object? value)
    {
        var text = value switch { null => "null", string s => $"\"{s}\"", var other => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{other}") };
        return text.Length <= 120 ? text : text[..120] + "…";
    }
}
