namespace Orchestrator.Reconciler.Tests;

public sealed class EventRecorderTests
{
    [Fact]
    public async Task The_same_said_again_counts_up_and_something_else_is_another()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.Events.StartAsync(default);
        var vm = await workshop.WriteVmAsync("web");
        for (var time = 0; time < 5; time++)
        {
            workshop.Events.Normal(vm, "Started", "> start web on pm1", "pm1");
            workshop.Time.Advance(TimeSpan.FromSeconds(1));
        }

        workshop.Events.Warning(vm, "Started", "> start web on pm1", "pm1");
        workshop.Events.Normal(vm, "Started", "> start web on pm2", "pm2");
        await Workshop.UntilAsync("all are written", async () => (await workshop.EventsAsync()).Sum(said => said.Count) == 7);

        var events = await workshop.EventsAsync();
        Assert.Equal(3, events.Count);
        var said = Assert.Single(events, said => said.Count == 5);
        Assert.Equal((TimeSpan.FromSeconds(4), "pm1", vm.Metadata.Uid), (said.LastTimestamp - said.FirstTimestamp, said.Source.Host, said.InvolvedObject.Uid));
        Assert.Equal("default", said.Metadata.Namespace);
    }

    [Fact]
    public async Task What_has_not_happened_for_an_hour_is_forgotten()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.Events.StartAsync(default);
        var vm = await workshop.WriteVmAsync("web");
        workshop.Events.Normal(vm, "Old", "once");
        workshop.Events.Normal(vm, "Often", "again and again");
        await Workshop.UntilAsync("both are written", async () => (await workshop.EventsAsync()).Count == 2);
        workshop.Time.Advance(EventRecorder.Retention);
        await workshop.Events.ExpireAsync(default);
        Assert.Equal(2, (await workshop.EventsAsync()).Count);

        workshop.Events.Normal(vm, "Often", "again and again");
        await Workshop.UntilAsync("it counted up", async () => (await workshop.EventsAsync()).Any(said => said.Count == 2));
        workshop.Time.Advance(TimeSpan.FromSeconds(1));
        await workshop.Events.ExpireAsync(default);
        Assert.Equal("Often", Assert.Single(await workshop.EventsAsync()).Reason);
    }

    [Fact]
    public async Task Long_names_and_messages_are_cut_and_still_told_apart()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.Events.StartAsync(default);
        var first = await workshop.WriteVmAsync(new string('a', 62) + "1");
        var second = await workshop.WriteVmAsync(new string('a', 62) + "2");
        workshop.Events.Normal(first, "Started", new string('m', 5000));
        workshop.Events.Normal(second, "Started", new string('m', 5000));
        await Workshop.UntilAsync("both are written", async () => (await workshop.EventsAsync()).Count == 2);
        Assert.All(await workshop.EventsAsync(), said =>
        {
            Assert.Equal(1024, said.Message.Length);
            Assert.True(said.Metadata.Name.Length <= 63);
        });
    }
}
