using Orchestrator.Cli;

return await Orchctl.RunAsync(args, new(Console.Out, Console.Error, Environment.GetEnvironmentVariable, TimeProvider.System));
